//! The Rust half of the bridge cost benchmark: the same queries over the same file, through
//! DataFusion's own API. Arguments: the Parquet file, the file of queries, rounds. Prints one line of
//! seconds a query, separated by blanks, for each round.

use std::time::Instant;

use datafusion::error::Result;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use futures::StreamExt;

#[tokio::main]
#[expect(clippy::disallowed_methods, reason = "the peer has no profile")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, data, queries, rounds] = &arguments[..] else {
        eprintln!("usage: ten_queries DATA.parquet QUERIES.sql ROUNDS");
        std::process::exit(2);
    };
    let mut config = SessionConfig::new().with_batch_size(8192).with_information_schema(true);
    config.options_mut().execution.parquet.schema_force_view_types = true;
    config.options_mut().sql_parser.enable_ident_normalization = false;
    config.options_mut().optimizer.hash_join_inlist_pushdown_max_size = 0;
    config.options_mut().optimizer.hash_join_inlist_pushdown_max_distinct_values = 0;
    let context = SessionContext::new_with_config(config);
    context.register_parquet("facts", data, ParquetReadOptions::default()).await?;
    let text = std::fs::read_to_string(queries)?;
    let queries: Vec<String> = text
        .lines()
        .filter(|line| !line.starts_with("--"))
        .map(|line| line.trim_end_matches(';').to_string())
        .collect();
    for _ in 0..rounds.parse().unwrap_or(1) {
        let mut seconds = Vec::new();
        for query in &queries {
            let begin = Instant::now();
            let mut batches = context.sql(query).await?.execute_stream().await?;
            while let Some(batch) = batches.next().await {
                batch?;
            }
            seconds.push(begin.elapsed().as_secs_f64().to_string());
        }
        println!("{}", seconds.join(" "));
    }
    Ok(())
}
