//! Changes that rewrite the files of rows that are there: merge, update, delete.

use arrow::datatypes::Schema;
use datafusion::common::{Column, DFSchema};
use datafusion::prelude::DataFrame;
use deltalake::delta_datafusion::SessionFallbackPolicy;
use deltalake::kernel::EagerSnapshot;
use serde::Deserialize;
use std::sync::Arc;

use super::attempt::{Attempt, Condition, Done, Given, with_condition};
use super::generated::{Values, recomputed};
use super::schema_change::check_evolution;
use super::table_form::with_variants;
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
        for (column, value) in self.values(attempt)? {
            builder = with_condition!(builder.with_update(Column::from_name(column), @ value));
        }
        let (_, metrics) = builder.await?;
        Done::of(&metrics)
    }

    fn values(&self, attempt: &Attempt) -> Result<Values> {
        let mut values = values_of(&self.set, attempt)?;
        let table = attempt.table()?;
        let snapshot = table.snapshot()?.snapshot();
        let scope = DFSchema::try_from(snapshot.arrow_schema().as_ref().clone())?;
        let column = |name: &str| Column::from_name(name);
        values.extend(recomputed(&values, snapshot, &attempt.state, &scope, column)?);
        Ok(values)
    }
}

fn values_of(set: &[Assignment], attempt: &Attempt) -> Result<Values> {
    set.iter()
        .map(|Assignment { column, value }| Ok((column.clone(), attempt.condition(value)?)))
        .collect()
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
        let snapshot = table.snapshot()?.snapshot().clone();
        if self.merge_schema {
            check_evolution(&snapshot)?;
        }
        let source = with_variants(source, &snapshot)?;
        let scope = self.scope(&snapshot, &source)?;
        let of_table = |name: &str| Column::new(Some(self.target_alias.as_str()), name);
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
            let mut values = values_of(set, attempt)?;
            if matches!(when, When::MatchedUpdate | When::NotMatchedBySourceUpdate) {
                let state = &attempt.state;
                values.extend(recomputed(&values, &snapshot, state, &scope, of_table)?);
            }
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
                        values.into_iter().fold(clause, |clause, (column, value)| {
                            let column = Column::from_name(column);
                            with_condition!(clause.$set(column, @ value))
                        })
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

    /// What the clauses' expressions see.
    fn scope(&self, snapshot: &EagerSnapshot, source: &DataFrame) -> Result<DFSchema> {
        let of = |alias: &str, schema: &Schema| DFSchema::try_from_qualified_schema(alias, schema);
        let target = of(&self.target_alias, &snapshot.arrow_schema())?;
        Ok(target.join(&of(&self.source_alias, source.schema().as_arrow())?)?)
    }
}
