//! Values as a given field wants them: of its type, parts of nested ones found by name, and without
//! nulls where it has none. The engine's own CAST knows no nullability, panics on a null in a
//! nested NOT NULL part, and takes a struct's parts by position inside maps.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, LargeListArray, MapArray, OffsetSizeTrait, StructArray, UInt64Array,
    make_array, new_null_array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::{CastOptions, can_cast_types, cast_with_options, take};
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use arrow::error::ArrowError;
use datafusion::common::{Result as EngineResult, ScalarValue, internal_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};
use datafusion::prelude::lit;

use crate::failure::{Code, Failure, Result};
use crate::types::FieldDoc;

/// The value of `expr` as the field that `document` describes.
pub fn conform(expr: Expr, document: &str) -> Expr {
    ScalarUDF::new_from_impl(Conform { signature: Signature::any(2, Volatility::Immutable) })
        .call(vec![expr, lit(document)])
}

/// `conform(value, field)`: the field is a document, as `arrow_cast` takes its type, so that the
/// call says all there is to it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Conform {
    signature: Signature,
}

impl ScalarUDFImpl for Conform {
    fn name(&self) -> &'static str {
        "conform"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _argument_types: &[DataType]) -> EngineResult<DataType> {
        internal_err!("conform gives what its second argument says")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> EngineResult<FieldRef> {
        let ([from, _], [_, Some(ScalarValue::Utf8(Some(document)))]) =
            (args.arg_fields, args.scalar_arguments)
        else {
            return plan_err!("conform takes a value and the document of a field");
        };
        let to = FieldDoc::parse(document)?;
        check(from.data_type(), &to, to.name())?;
        Ok(Arc::new(to))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let to = &args.return_field;
        let of = |value: &ArrayRef| apply(value, to, None, to.name());
        Ok(match &args.args[0] {
            ColumnarValue::Array(array) => ColumnarValue::Array(of(array)?),
            ColumnarValue::Scalar(scalar) => {
                let one = of(&scalar.to_array_of_size(1)?)?;
                ColumnarValue::Scalar(ScalarValue::try_from_array(&one, 0)?)
            }
        })
    }
}

/// Whether values of type `from` can become `to` at all; `path` names the column, and the part of
/// it.
fn check(from: &DataType, to: &Field, path: &str) -> Result<()> {
    use DataType::{Dictionary, Map, Null, Struct, Timestamp};
    match (from, to.data_type()) {
        (Null, _) => Ok(()),
        (from, to) if from == to => Ok(()),
        (Dictionary(_, value), _) => check(value, to, path),
        (_, Dictionary(_, value)) if !value.is_nested() => check(from, &of_type(to, value), path),
        (Struct(from), Struct(parts)) => check_struct(from, parts, path),
        (Map(from, _), Map(entries, _)) => {
            let (from, to) = (entry_fields(from)?, entry_fields(entries)?);
            (0..2).try_for_each(|i| check(from[i].data_type(), &to[i], &part(path, &to[i])))
        }
        (from_type, to_type) => match (item_of(from_type), item_of(to_type)) {
            (Some(from), Some(item)) => check(from.data_type(), item, &part(path, item)),
            (None, None) if from_type.is_nested() || to_type.is_nested() => {
                Err(cannot(from_type, to_type, path, "", "replace it before it is aligned"))
            }
            (None, None) => match (from_type, to_type) {
                (Timestamp(_, zone), Timestamp(_, other)) if zone.is_some() != other.is_some() => {
                    Err(cannot(
                        from_type,
                        to_type,
                        path,
                        ": only one of them has a time zone",
                        &format!("say what is meant with arrow_cast(..., '{to_type}')"),
                    ))
                }
                _ if can_cast_types(from_type, to_type) => Ok(()),
                _ => Err(cannot(from_type, to_type, path, "", "replace it before it is aligned")),
            },
            _ => Err(cannot(from_type, to_type, path, "", "replace it before it is aligned")),
        },
    }
}

fn check_struct(from: &Fields, parts: &Fields, path: &str) -> Result<()> {
    for to in parts {
        let path = part(path, to);
        let mut found = from.iter().filter(|field| field.name() == to.name());
        match (found.next(), found.next()) {
            (Some(field), None) => check(field.data_type(), to, &path)?,
            (Some(_), Some(_)) => {
                return Err(mismatch(format!("column `{path}` is there more than once"), &path));
            }
            (None, _) if to.is_nullable() => {}
            (None, _) => {
                return Err(mismatch(
                    format!(
                        "column `{path}` is missing, and its schema says NOT NULL; give it values"
                    ),
                    &path,
                ));
            }
        }
    }
    Ok(())
}

/// `value` as `to`, which `check` found possible. Rows that are null in `alive`, those of a parent,
/// hold no values: nothing is asked of what their slots contain.
fn apply(value: &ArrayRef, to: &Field, alive: Option<&NullBuffer>, path: &str) -> Result<ArrayRef> {
    let shaped = if value.data_type() == to.data_type() {
        Arc::clone(value)
    } else {
        shape(value, to, alive, path)?
    };
    if !to.is_nullable() {
        refuse_nulls(&shaped, alive, path)?;
    }
    Ok(shaped)
}

fn shape(value: &ArrayRef, to: &Field, alive: Option<&NullBuffer>, path: &str) -> Result<ArrayRef> {
    use DataType::{Dictionary, Map, Null, Struct};
    match (value.data_type(), to.data_type()) {
        (Null, to) => Ok(new_null_array(to, value.len())),
        (Dictionary(_, values), _) => {
            let plain = cast(value, values, path)?;
            apply(&plain, &of_type(to, to.data_type()), alive, path)
        }
        (_, Dictionary(_, values)) => {
            let plain = apply(value, &of_type(to, values), alive, path)?;
            cast(&plain, to.data_type(), path)
        }
        (Struct(_), Struct(parts)) => {
            let array = value.as_struct();
            struct_of(array, parts, NullBuffer::union(array.nulls(), alive), path)
        }
        (Map(..), Map(entries, ordered)) => map_of(value.as_map(), entries, *ordered, alive, path),
        (from, to_type) => match (item_of(from), item_of(to_type)) {
            (Some(from), Some(item)) => {
                let list = cast(value, &DataType::LargeList(Arc::clone(from)), path)?;
                let list = list_of(list.as_list(), item, alive, path)?;
                cast(&list, to_type, path)
            }
            _ => cast(&masked(value, alive)?, to_type, path),
        },
    }
}

fn struct_of(
    array: &StructArray,
    parts: &Fields,
    nulls: Option<NullBuffer>,
    path: &str,
) -> Result<ArrayRef> {
    if parts.is_empty() {
        return Ok(Arc::new(StructArray::new_empty_fields(array.len(), nulls)));
    }
    let columns = parts
        .iter()
        .map(|to| match array.column_by_name(to.name()) {
            Some(column) => apply(column, to, nulls.as_ref(), &part(path, to)),
            None => Ok(new_null_array(to.data_type(), array.len())),
        })
        .collect::<Result<_>>()?;
    Ok(Arc::new(StructArray::try_new(parts.clone(), columns, nulls)?))
}

fn list_of(
    list: &LargeListArray,
    item: &FieldRef,
    alive: Option<&NullBuffer>,
    path: &str,
) -> Result<ArrayRef> {
    let nulls = NullBuffer::union(list.nulls(), alive);
    let (offsets, items) = live_items(list.offsets(), list.values(), nulls.as_ref())?;
    let items = apply(&items, item, None, &part(path, item))?;
    Ok(Arc::new(LargeListArray::try_new(Arc::clone(item), offsets, items, nulls)?))
}

/// Keys and values are found by position: what they are called differs between writers.
fn map_of(
    map: &MapArray,
    entries: &FieldRef,
    ordered: bool,
    alive: Option<&NullBuffer>,
    path: &str,
) -> Result<ArrayRef> {
    let fields = entry_fields(entries)?;
    let nulls = NullBuffer::union(map.nulls(), alive);
    let all: ArrayRef = Arc::new(map.entries().clone());
    let (offsets, live) = live_items(map.offsets(), &all, nulls.as_ref())?;
    let columns = live
        .as_struct()
        .columns()
        .iter()
        .zip(fields)
        .map(|(column, to)| apply(column, to, None, &part(path, to)))
        .collect::<Result<_>>()?;
    let live = StructArray::try_new(fields.clone(), columns, None)?;
    Ok(Arc::new(MapArray::try_new(Arc::clone(entries), offsets, live, nulls, ordered)?))
}

/// The items that belong to a row: a slice leaves others around them, a null row may cover some.
fn live_items<O: OffsetSizeTrait>(
    offsets: &OffsetBuffer<O>,
    items: &ArrayRef,
    nulls: Option<&NullBuffer>,
) -> Result<(OffsetBuffer<O>, ArrayRef)> {
    let first = offsets[0];
    let last = offsets[offsets.len() - 1];
    let is_dead = |row: usize| nulls.is_some_and(|nulls| nulls.is_null(row));
    let rows = || offsets.windows(2).enumerate().map(|(row, ends)| (is_dead(row), ends));
    if !rows().any(|(dead, ends)| dead && ends[0] != ends[1]) {
        let shifted = offsets.iter().map(|offset| *offset - first).collect::<Vec<_>>();
        let (begin, length) = (first.as_usize(), (last - first).as_usize());
        return Ok((OffsetBuffer::new(shifted.into()), items.slice(begin, length)));
    }
    let live = || rows().filter(|(dead, _)| !dead);
    let positions = live()
        .flat_map(|(_, ends)| ends[0].as_usize() as u64..ends[1].as_usize() as u64)
        .collect::<UInt64Array>();
    let lengths = rows().map(|(dead, ends)| if dead { 0 } else { (ends[1] - ends[0]).as_usize() });
    Ok((OffsetBuffer::from_lengths(lengths), take(items, &positions, None)?))
}

/// Without the values that a null parent hides, so that they can't fail a cast.
fn masked(value: &ArrayRef, alive: Option<&NullBuffer>) -> Result<ArrayRef> {
    if alive.is_none_or(|alive| alive.null_count() == 0) {
        return Ok(Arc::clone(value));
    }
    let nulls = NullBuffer::union(value.nulls(), alive);
    Ok(make_array(value.to_data().into_builder().nulls(nulls).build()?))
}

fn refuse_nulls(value: &ArrayRef, alive: Option<&NullBuffer>, path: &str) -> Result<()> {
    let Some(nulls) = value.logical_nulls() else { return Ok(()) };
    let count = match alive {
        None => nulls.null_count(),
        Some(alive) => (alive.inner() & &!nulls.inner()).count_set_bits(),
    };
    if count == 0 {
        return Ok(());
    }
    Err(Failure::new(
        Code::ConstraintViolation,
        format!(
            "column `{path}` has nulls ({count} in a batch of {} values), but its schema says NOT \
             NULL; filter them out, or give them a value with coalesce()",
            value.len()
        ),
    )
    .with("column", path))
}

fn cast(value: &ArrayRef, to: &DataType, path: &str) -> Result<ArrayRef> {
    let exact = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(value, to, &exact).map_err(|error| {
        let why = match &error {
            ArrowError::CastError(text) | ArrowError::ParseError(text) => text.clone(),
            other => other.to_string(),
        };
        let from = value.data_type();
        Failure::new(
            Code::SchemaMismatch,
            format!(
                "column `{path}` has a value that doesn't fit when {from} becomes {to}: {why}; \
                 replace it before it is aligned, for instance with try_cast()"
            ),
        )
        .with("column", path)
        .with("from", from)
        .with("to", to)
    })
}

fn cannot(from: &DataType, to: &DataType, path: &str, why: &str, way_out: &str) -> Failure {
    mismatch(format!("column `{path}`: {from} can't become {to}{why}; {way_out}"), path)
        .with("from", from)
        .with("to", to)
}

fn mismatch(message: String, path: &str) -> Failure {
    Failure::new(Code::SchemaMismatch, message).with("column", path)
}

fn part(path: &str, field: &Field) -> String {
    format!("{path}.{}", field.name())
}

/// A field of another type whose nulls are checked by whoever asked.
fn of_type(field: &Field, data_type: &DataType) -> Field {
    field.clone().with_data_type(data_type.clone()).with_nullable(true)
}

fn item_of(data_type: &DataType) -> Option<&FieldRef> {
    use DataType::{FixedSizeList, LargeList, LargeListView, List, ListView};
    match data_type {
        List(item)
        | LargeList(item)
        | ListView(item)
        | LargeListView(item)
        | FixedSizeList(item, _) => Some(item),
        _ => None,
    }
}

fn entry_fields(entries: &Field) -> Result<&Fields> {
    match entries.data_type() {
        DataType::Struct(fields) if fields.len() == 2 => Ok(fields),
        other => Err(Failure::new(
            Code::InvalidArgument,
            format!("a map's entries are a struct of key and value, not {other}"),
        )),
    }
}
