//! A lock table in DynamoDB, as Delta's `S3DynamoDBLogStore` has it: each commit of each table is an
//! item, which one writer can put.

use std::str::FromStr;
use std::time::Duration;

use chrono::Utc;
use deltalake::aws::constants as s3;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, AwsAuthorizer, AwsCredentialProvider};
use object_store::client::{HttpClient, HttpConnector, HttpRequest, ReqwestConnector};
use object_store::{ClientOptions, HeaderValue};
use serde_json::{Value, json};

use super::store::{Options, option};
use crate::failure::{Code, Failure, Result};

pub struct LockTable {
    client: HttpClient,
    credentials: AwsCredentialProvider,
    endpoint: String,
    region: String,
    name: String,
}

/// A commit as the lock table has it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The commit file's name.
    pub file: String,
    /// Where its bytes are until then, seen from the log's folder.
    pub temp_path: String,
    /// Whether the commit file is in the log.
    pub complete: bool,
}

impl Entry {
    fn of(item: &Value) -> Option<Self> {
        let text = |name: &str| Some(item.get(name)?.get("S")?.as_str()?.to_string());
        Some(Self {
            file: text(s3::ATTR_FILE_NAME)?,
            temp_path: text(s3::ATTR_TEMP_PATH)?,
            complete: text(s3::ATTR_COMPLETE)? == "true",
        })
    }
}

/// What became of an item that is only put where there is none.
pub enum Put {
    Done,
    Taken,
}

enum Answer {
    Of(Value),
    ConditionFailed,
}

/// A request is tried so often when the service is busy or can't be reached.
const ATTEMPTS: u32 = 6;
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

impl LockTable {
    pub fn open(options: &Options) -> Result<Self, object_store::Error> {
        let get = |key| option(options, key);
        let mut builder = AmazonS3Builder::from_env().with_bucket_name("none");
        for (key, value) in options {
            if let Ok(key) = AmazonS3ConfigKey::from_str(&key.to_ascii_lowercase()) {
                builder = builder.with_config(key, value);
            }
        }
        for (key, of) in [
            (s3::AWS_ACCESS_KEY_ID_DYNAMODB, AmazonS3ConfigKey::AccessKeyId),
            (s3::AWS_SECRET_ACCESS_KEY_DYNAMODB, AmazonS3ConfigKey::SecretAccessKey),
            (s3::AWS_SESSION_TOKEN_DYNAMODB, AmazonS3ConfigKey::Token),
        ] {
            if let Some(value) = get(key) {
                builder = builder.with_config(of, value);
            }
        }
        let region = get(s3::AWS_REGION_DYNAMODB)
            .or_else(|| get(s3::AWS_REGION))
            .or_else(|| get("AWS_DEFAULT_REGION"))
            .unwrap_or_else(|| "us-east-1".to_string());
        let endpoint = get(s3::AWS_ENDPOINT_URL_DYNAMODB)
            .or_else(|| get(s3::AWS_ENDPOINT_URL))
            .unwrap_or_else(|| format!("https://dynamodb.{region}.amazonaws.com"));
        let http = endpoint.starts_with("http://");
        Ok(Self {
            client: ReqwestConnector::default().connect(
                &ClientOptions::new().with_allow_http(http).with_timeout(REQUEST_TIMEOUT),
            )?,
            credentials: builder.build()?.credentials().clone(),
            endpoint: format!("{}/", endpoint.trim_end_matches('/')),
            region,
            name: get(s3::LOCK_TABLE_KEY_NAME)
                .unwrap_or_else(|| s3::DEFAULT_LOCK_TABLE_NAME.to_string()),
        })
    }

    pub async fn get(&self, table_path: &str, file: &str) -> Result<Option<Entry>> {
        let found = self
            .ask("GetItem", &json!({"Key": key(table_path, file), "ConsistentRead": true}))
            .await?;
        Ok(found.get("Item").and_then(Entry::of))
    }

    /// The entry of the table's last commit.
    pub async fn latest(&self, table_path: &str) -> Result<Option<Entry>> {
        let query = json!({
            "KeyConditionExpression": format!("{} = :path", s3::ATTR_TABLE_PATH),
            "ExpressionAttributeValues": {":path": {"S": table_path}},
            "ScanIndexForward": false,
            "Limit": 1,
            "ConsistentRead": true,
        });
        let found = self.ask("Query", &query).await?;
        Ok(found["Items"].get(0).and_then(Entry::of))
    }

    pub async fn put(&self, table_path: &str, entry: &Entry) -> Result<Put> {
        let mut item = key(table_path, &entry.file);
        item[s3::ATTR_TEMP_PATH] = json!({"S": entry.temp_path});
        item[s3::ATTR_COMPLETE] = json!({"S": "false"});
        let condition = s3::CONDITION_EXPR_CREATE.as_str();
        match self.call("PutItem", &json!({"Item": item, "ConditionExpression": condition})).await?
        {
            Answer::Of(_) => Ok(Put::Done),
            Answer::ConditionFailed => Ok(Put::Taken),
        }
    }

    /// Notes that the commit file is in the log, so that the item may go after a day.
    pub async fn complete(&self, table_path: &str, file: &str) -> Result<()> {
        let expires = Utc::now().timestamp()
            + i64::try_from(s3::DEFAULT_COMMIT_ENTRY_EXPIRATION_DELAY.as_secs()).unwrap_or(0);
        let update = json!({
            "Key": key(table_path, file),
            "UpdateExpression":
                format!("SET {} = :true, {} = :expires", s3::ATTR_COMPLETE, s3::ATTR_EXPIRE_TIME),
            "ConditionExpression": format!("attribute_exists({})", s3::ATTR_FILE_NAME),
            "ExpressionAttributeValues": {
                ":true": {"S": "true"},
                ":expires": {"N": expires.to_string()},
            },
        });
        self.call("UpdateItem", &update).await.map(|_| ())
    }

    async fn ask(&self, operation: &str, body: &Value) -> Result<Value> {
        match self.call(operation, body).await? {
            Answer::Of(answer) => Ok(answer),
            Answer::ConditionFailed => Ok(Value::Null),
        }
    }

    async fn call(&self, operation: &str, body: &Value) -> Result<Answer> {
        let mut body = body.clone();
        body["TableName"] = Value::from(self.name.as_str());
        let mut attempt = 1;
        loop {
            let failed = match self.send(operation, &body).await? {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            if attempt >= ATTEMPTS {
                return Err(self.failure(&failed));
            }
            let most = 50 << attempt;
            tokio::time::sleep(Duration::from_millis(rand::random_range(most / 2..=most))).await;
            attempt += 1;
        }
    }

    fn failure(&self, what: &str) -> Failure {
        Failure::new(
            Code::Io,
            format!("the lock table `{}` at {} failed: {what}", self.name, self.endpoint),
        )
    }

    /// One request; the inner failure is one that may pass.
    async fn send(&self, operation: &str, body: &Value) -> Result<Result<Answer, String>> {
        let unusable = |_| {
            Failure::new(
                Code::InvalidArgument,
                format!("`{}` is no endpoint of DynamoDB", self.endpoint),
            )
        };
        let mut request = HttpRequest::new(body.to_string().into());
        *request.method_mut() =
            "POST".parse().map_err(|_| Failure::new(Code::Internal, "POST is no method"))?;
        *request.uri_mut() = self.endpoint.parse().map_err(unusable)?;
        let headers = request.headers_mut();
        headers.insert("content-type", HeaderValue::from_static("application/x-amz-json-1.0"));
        let target = HeaderValue::from_str(&format!("DynamoDB_20120810.{operation}"))
            .map_err(|_| Failure::new(Code::Internal, "an operation is no header"))?;
        headers.insert("x-amz-target", target);
        let credential = self.credentials.get_credential().await?;
        AwsAuthorizer::new(&credential, "dynamodb", &self.region).authorize(&mut request, None);
        let response = match self.client.execute(request).await {
            Ok(response) => response,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let status = response.status();
        let answer = match response.into_body().bytes().await {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(error.to_string())),
        };
        if status.is_success() {
            return match serde_json::from_slice(&answer) {
                Ok(answer) => Ok(Ok(Answer::Of(answer))),
                Err(error) => Ok(Err(error.to_string())),
            };
        }
        let told = String::from_utf8_lossy(&answer).into_owned();
        let has = |name: &str| told.contains(name);
        if has("ConditionalCheckFailedException") {
            Ok(Ok(Answer::ConditionFailed))
        } else if has("ResourceNotFoundException") {
            let what = format!("there is no lock table `{}` at {}", self.name, self.endpoint);
            Err(Failure::new(Code::NotFound, what).with(
                "hint",
                "make it with the keys tablePath (HASH) and fileName (RANGE), both strings",
            ))
        } else if status.is_server_error() || has("Throttl") || has("ThroughputExceeded") {
            Ok(Err(format!("{status}: {told}")))
        } else {
            Err(self.failure(&format!("{status}: {told}")))
        }
    }
}

fn key(table_path: &str, file: &str) -> Value {
    json!({s3::ATTR_TABLE_PATH: {"S": table_path}, s3::ATTR_FILE_NAME: {"S": file}})
}
