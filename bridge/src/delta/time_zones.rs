//! Instants and local times, which the engine casts to each other in silence.

use arrow::datatypes::{DataType, Field, Fields};

use crate::failure::{Code, Failure, Result};

/// Refuses instants for local times and the other way round, which the engine would cast: nothing
/// says in which zone.
pub fn check_zones(given: &Fields, stored: &Fields) -> Result<()> {
    for from in given {
        if let Some(to) = stored.iter().find(|to| to.name() == from.name()) {
            check_zone(from, to, from.name())?;
        }
    }
    Ok(())
}

fn check_zone(from: &Field, to: &Field, path: &str) -> Result<()> {
    use DataType::{
        Dictionary, FixedSizeList, LargeList, LargeListView, List, ListView, Map, Struct, Timestamp,
    };
    match (from.data_type(), to.data_type()) {
        (Timestamp(_, zone), Timestamp(_, other)) if zone.is_some() != other.is_some() => {
            let (from, to) = (from.data_type(), to.data_type());
            Err(Failure::new(
                Code::SchemaMismatch,
                format!(
                    "column `{path}`: {from} can't be stored as {to}: only one of them has a time \
                     zone; say what is meant with arrow_cast(..., '{to}')"
                ),
            )
            .with("column", path)
            .with("from", from)
            .with("to", to))
        }
        (Dictionary(_, value), _) => {
            check_zone(&from.clone().with_data_type(value.as_ref().clone()), to, path)
        }
        (Struct(given), Struct(stored)) => given.iter().try_for_each(|from| {
            let to = stored.iter().find(|to| to.name() == from.name());
            to.map_or(Ok(()), |to| check_zone(from, to, &format!("{path}.{}", from.name())))
        }),
        (
            List(from)
            | LargeList(from)
            | ListView(from)
            | LargeListView(from)
            | FixedSizeList(from, _)
            | Map(from, _),
            List(to) | Map(to, _),
        ) => check_zone(from, to, &format!("{path}.{}", from.name())),
        _ => Ok(()),
    }
}
