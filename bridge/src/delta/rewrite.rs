//! Changes that rewrite the files of rows that are there: merge, update, delete.

use datafusion::common::Column;
use datafusion::prelude::DataFrame;
use deltalake::delta_datafusion::SessionFallbackPolicy;
use serde::Deserialize;
use std::sync::Arc;

use super::attempt::{Attempt, Condition, Done, Given, with_condition};
use super::writer_policy::WriterPolicy;
use crate::failure::{Code, Failure, Result};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Update {
    predicate: Option<Given>,
    set: Vec<Assignment>,
    safe_cast: bool,
    writer: WriterPolicy,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delete {
    predicate: Option<Given>,
    writer: WriterPolicy,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    predicate: Given,
    source_alias: String,
    target_alias: String,
    clauses: Vec<Clause>,
    merge_schema: bool,
    safe_cast: bool,
    streaming: bool,
    writer: WriterPolicy,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Clause {
    when: When,
    condition: Option<Given>,
    set: Vec<Assignment>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum When {
    MatchedUpdate,
    MatchedDelete,
    NotMatchedInsert,
    NotMatchedBySourceUpdate,
    NotMatchedBySourceDelete,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Assignment {
    column: String,
    value: Given,
}

impl Update {
    pub async fn run(self, attempt: &Attempt) -> Result<Done> {
        let mut builder = attempt
            .table()?
            .update()
            .with_session_state(Arc::new(attempt.state.clone()))
            .with_session_fallback_policy(SessionFallbackPolicy::RequireSessionState)
            .with_commit_properties(attempt.properties.clone())
            .with_writer_properties(self.writer.properties()?)
            .with_safe_cast(self.safe_cast);
        if let Some(predicate) = &self.predicate {
            builder = with_condition!(builder.with_predicate(@ attempt.condition(predicate)?));
        }
        for Assignment { column, value } in &self.set {
            let value = attempt.condition(value)?;
            builder = with_condition!(builder.with_update(Column::from_name(column), @ value));
        }
        let (_, metrics) = builder.await?;
        Done::of(&metrics)
    }
}

impl Delete {
    pub async fn run(self, attempt: &Attempt) -> Result<Done> {
        let mut builder = attempt
            .table()?
            .delete()
            .with_session_state(Arc::new(attempt.state.clone()))
            .with_session_fallback_policy(SessionFallbackPolicy::RequireSessionState)
            .with_commit_properties(attempt.properties.clone())
            .with_writer_properties(self.writer.properties()?);
        if let Some(predicate) = &self.predicate {
            builder = with_condition!(builder.with_predicate(@ attempt.condition(predicate)?));
        }
        let (_, metrics) = builder.await?;
        Done::of(&metrics)
    }
}

impl Merge {
    pub async fn run(self, attempt: &Attempt, source: DataFrame) -> Result<Done> {
        let table = attempt.table()?;
        let mut builder =
            with_condition!(table.merge(source, @ attempt.condition(&self.predicate)?))
                .with_session_state(Arc::new(attempt.state.clone()))
                .with_session_fallback_policy(SessionFallbackPolicy::RequireSessionState)
                .with_commit_properties(attempt.properties.clone())
                .with_writer_properties(self.writer.properties()?)
                .with_source_alias(&self.source_alias)
                .with_target_alias(&self.target_alias)
                .with_merge_schema(self.merge_schema)
                .with_safe_cast(self.safe_cast)
                .with_streaming(self.streaming);
        for Clause { when, condition, set } in &self.clauses {
            let condition = condition.as_ref().map(|given| attempt.condition(given)).transpose()?;
            let values = set
                .iter()
                .map(|Assignment { column, value }| {
                    Ok((Column::from_name(column), attempt.condition(value)?))
                })
                .collect::<Result<Vec<_>>>()?;
            if values.is_empty()
                && !matches!(when, When::MatchedDelete | When::NotMatchedBySourceDelete)
            {
                return Err(Failure::new(Code::InvalidArgument, "a merge clause sets no column"));
            }
            // The builder's clauses are of three types with the same two methods.
            macro_rules! filled {
                ($set:ident) => {
                    |clause| {
                        let clause = match condition {
                            Some(condition) => with_condition!(clause.predicate(@ condition)),
                            None => clause,
                        };
                        values.into_iter().fold(clause, |clause, (column, value)| with_condition!(clause.$set(column, @ value)))
                    }
                };
            }
            macro_rules! conditional {
                () => {
                    |clause| match condition {
                        Some(condition) => with_condition!(clause.predicate(@ condition)),
                        None => clause,
                    }
                };
            }
            builder = match when {
                When::MatchedUpdate => builder.when_matched_update(filled!(update))?,
                When::NotMatchedInsert => builder.when_not_matched_insert(filled!(set))?,
                When::NotMatchedBySourceUpdate => {
                    builder.when_not_matched_by_source_update(filled!(update))?
                }
                When::MatchedDelete => builder.when_matched_delete(conditional!())?,
                When::NotMatchedBySourceDelete => {
                    builder.when_not_matched_by_source_delete(conditional!())?
                }
            };
        }
        let (_, metrics) = builder.await?;
        Done::of(&metrics)
    }
}
