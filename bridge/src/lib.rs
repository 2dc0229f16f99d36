//! The mechanism behind liballuvium: what must touch the engines' Rust APIs, and no policy.
//!
//! Every entry runs under `runtime::guard`, so that a panic is an `Internal` failure and never an
//! abort, and every failure crosses as text that `src/bridge/` decodes into `alluvium::Error`.

// Not `clippy::panic`: the code that cxx makes for shared pointers has one.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::todo, clippy::unimplemented)]

mod caches;
mod catalog;
mod conform;
mod constraints;
mod delta;
mod expr;
mod failure;
mod frame;
mod macros;
mod named_arguments;
mod roots;
mod runtime;
mod session;
mod stage;
mod stream;
mod table_function;
mod types;
mod udf;
mod yielding_joins;

use std::sync::Arc;
use std::time::Duration;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::Schema;
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, to_ffi};
use arrow::ffi_stream::FFI_ArrowArrayStream;

use catalog::Provider;
use delta::Opened;
use failure::{Failure, Result};
use frame::Frame;
use runtime::{Token, guard};
use session::{Planned, Session, SessionBuilder};
use stream::ForeignReader;
use table_function::{Call, Tables};

#[cxx::bridge(namespace = "alluvium::bridge::rust_side")]
mod ffi {
    unsafe extern "C++" {
        include!("bridge/native_function.h");

        #[namespace = ""]
        type ArrowArray;
        #[namespace = ""]
        type ArrowSchema;
        #[namespace = ""]
        type ArrowArrayStream;

        #[namespace = "alluvium::bridge"]
        type NativeFunction;
        unsafe fn coerce(
            self: &NativeFunction,
            given: *mut ArrowSchema,
            wanted: *mut ArrowSchema,
        ) -> Result<()>;
        unsafe fn return_field(
            self: &NativeFunction,
            arguments: *mut ArrowSchema,
            constants: *mut ArrowArray,
            is_constant: &[bool],
            out: *mut ArrowSchema,
        ) -> Result<()>;
        fn require_constants(self: &NativeFunction, is_constant: &[bool]) -> Result<()>;
        unsafe fn rewrite(
            self: &NativeFunction,
            arguments: *mut ArrowSchema,
            constants: *mut ArrowArray,
            is_constant: &[bool],
        ) -> Result<String>;
        unsafe fn state_fields(
            self: &NativeFunction,
            arguments: *mut ArrowSchema,
            out: *mut ArrowSchema,
        ) -> Result<()>;
        unsafe fn prepare(
            self: &NativeFunction,
            arguments: *mut ArrowSchema,
            returns: *mut ArrowSchema,
        ) -> Result<SharedPtr<NativeKernel>>;
        unsafe fn accumulate(
            self: &NativeFunction,
            arguments: *mut ArrowSchema,
            constants: *mut ArrowArray,
            is_constant: &[bool],
            returns: *mut ArrowSchema,
            ignore_nulls: bool,
        ) -> Result<UniquePtr<NativeAccumulator>>;

        #[namespace = "alluvium::bridge"]
        type NativeKernel;
        unsafe fn invoke(
            self: &NativeKernel,
            rows: i64,
            arguments: *mut ArrowArray,
            scalars: &[bool],
            stop: *const Token,
            result: *mut ArrowArray,
        ) -> Result<()>;
        unsafe fn evaluate_partition(
            self: &NativeKernel,
            rows: i64,
            arguments: *mut ArrowArray,
            result: *mut ArrowArray,
        ) -> Result<()>;
        unsafe fn evaluate_frame(
            self: &NativeKernel,
            rows: i64,
            arguments: *mut ArrowArray,
            begin: i64,
            end: i64,
            result: *mut ArrowArray,
        ) -> Result<()>;

        #[namespace = "alluvium::bridge"]
        type NativeAccumulator;
        fn grow(self: Pin<&mut NativeAccumulator>, groups: usize) -> Result<()>;
        unsafe fn update(
            self: Pin<&mut NativeAccumulator>,
            arguments: *mut ArrowArray,
            scalars: &[bool],
            groups: &[usize],
        ) -> Result<()>;
        unsafe fn merge(
            self: Pin<&mut NativeAccumulator>,
            states: *mut ArrowArray,
            groups: &[usize],
        ) -> Result<()>;
        unsafe fn retract(
            self: Pin<&mut NativeAccumulator>,
            arguments: *mut ArrowArray,
            scalars: &[bool],
            groups: &[usize],
        ) -> Result<()>;
        unsafe fn write_states(
            self: Pin<&mut NativeAccumulator>,
            count: usize,
            states: *mut ArrowArray,
        ) -> Result<()>;
        unsafe fn write_results(
            self: Pin<&mut NativeAccumulator>,
            count: usize,
            results: *mut ArrowArray,
        ) -> Result<()>;
        fn drop_first(self: Pin<&mut NativeAccumulator>, count: usize) -> Result<()>;
        fn bytes(self: &NativeAccumulator) -> usize;

        #[namespace = "alluvium::bridge"]
        type NativeOperator;
        unsafe fn holds(self: &NativeOperator, operands: *mut ArrowSchema) -> bool;
    }

    extern "Rust" {
        type Token;
        fn token_new(timeout_ms: i64) -> Box<Token>;
        fn token_cancel(token: &Token);
        fn token_has_ended(token: &Token) -> bool;
        fn shutdown(patience_ms: u64) -> Result<()>;
        fn provoke_panic() -> Result<()>;
        fn datafusion_version() -> &'static str;
        fn delta_rs_version() -> &'static str;

        type SessionBuilder;
        type Session;
        fn session_builder(profile: &str) -> Result<Box<SessionBuilder>>;
        unsafe fn add_function(
            builder: &mut SessionBuilder,
            declaration: &str,
            examples: *mut ArrowSchema,
            function: SharedPtr<NativeFunction>,
        ) -> Result<()>;
        fn add_alias(builder: &mut SessionBuilder, name: &str, function: &str);
        fn add_operator(
            builder: &mut SessionBuilder,
            symbol: &str,
            function: &str,
            swapped: bool,
            rule: SharedPtr<NativeOperator>,
        );
        fn set_shapes(builder: &mut SessionBuilder, document: &str);
        fn open_session(builder: &mut SessionBuilder) -> Result<Box<Session>>;
        type Tables;
        type Call;
        fn tables_new() -> Box<Tables>;
        fn tables_add(tables: &mut Tables, call: &Call, frame: &Frame);
        fn call_function(call: &Call) -> &str;
        unsafe fn call_schema(call: &Call, out: *mut ArrowSchema) -> Result<()>;
        unsafe fn call_row(
            call: &Call,
            wanted: *mut ArrowSchema,
            array: *mut ArrowArray,
            schema: *mut ArrowSchema,
        ) -> Result<()>;
        fn sql(
            session: &Session,
            query: &str,
            permissions: &str,
            parameters: &str,
            tables: &mut Tables,
            token: &Token,
        ) -> Result<Box<Planned>>;
        type Planned;
        fn planned_change(planned: &Planned) -> &str;
        fn planned_frame(planned: &mut Planned) -> Result<Box<Frame>>;
        fn planned_changed_functions(planned: &Planned) -> bool;
        fn planned_has_call(planned: &Planned) -> bool;
        fn planned_call(planned: &mut Planned) -> Result<Box<Call>>;
        fn table(session: &Session, name: &str) -> Result<Box<Frame>>;
        fn has_table(session: &Session, name: &str) -> Result<bool>;
        fn read(session: &Session, provider: &Provider) -> Result<Box<Frame>>;
        fn constraints(session: &Session, token: &Token) -> Result<Box<Frame>>;
        fn read_ipc(session: &Session, bytes: &[u8]) -> Result<Box<Frame>>;
        unsafe fn read_stream(
            session: &Session,
            stream: *mut ArrowArrayStream,
        ) -> Result<Box<Frame>>;
        fn cache_entries(session: &Session, cache: &str) -> Result<Box<Frame>>;
        fn memory_reserved(session: &Session) -> u64;
        fn memory_peak(session: &Session) -> u64;

        type Frame;
        fn transform(frame: &Frame, operation: &str) -> Result<Box<Frame>>;
        fn combine(left: &Frame, right: &Frame, operation: &str) -> Result<Box<Frame>>;
        unsafe fn schema(frame: &Frame, out: *mut ArrowSchema) -> Result<()>;
        unsafe fn stream(frame: &Frame, token: &Token, out: *mut ArrowArrayStream) -> Result<()>;
        fn count(frame: &Frame, token: &Token) -> Result<u64>;
        fn to_text(frame: &Frame, token: &Token) -> Result<String>;
        fn plan_text(frame: &Frame) -> Result<String>;
        fn plan_functions(frame: &Frame) -> Result<Vec<String>>;
        fn stage(frame: &Frame, memory_bytes: u64, token: &Token) -> Result<Box<Frame>>;
        fn write_parquet(frame: &Frame, path: &str, token: &Token) -> Result<u64>;

        type Provider;
        unsafe fn register_batches(
            session: &Session,
            name: &str,
            partitions: *mut ArrowArrayStream,
            partition_count: usize,
        ) -> Result<()>;
        unsafe fn register_stream(
            session: &Session,
            name: &str,
            stream: *mut ArrowArrayStream,
        ) -> Result<()>;
        fn register_listing(
            session: &Session,
            name: &str,
            location: &str,
            format: &str,
        ) -> Result<()>;
        fn register_provider(session: &Session, name: &str, provider: &Provider) -> Result<()>;
        fn register_view(session: &Session, name: &str, frame: &Frame) -> Result<()>;
        fn view(frame: &Frame) -> Box<Provider>;
        fn create_schema(session: &Session, name: &str) -> Result<()>;
        fn deregister(session: &Session, name: &str) -> Result<()>;

        type Opened;
        fn delta_open(session: &Session, request: &str, token: &Token) -> Result<Box<Opened>>;
        fn opened_metadata(opened: &Opened) -> String;
        unsafe fn opened_schema(opened: &mut Opened, out: *mut ArrowSchema);
        fn opened_has_provider(opened: &Opened) -> bool;
        fn opened_provider(opened: &mut Opened) -> Result<Box<Provider>>;
        fn delta_is_table(session: &Session, request: &str) -> Result<bool>;
        unsafe fn delta_change(
            session: &Session,
            request: &str,
            schema: *mut ArrowSchema,
            token: &Token,
        ) -> Result<String>;
        fn delta_change_from(
            session: &Session,
            source: &Frame,
            request: &str,
            token: &Token,
        ) -> Result<String>;
        fn delta_history(
            session: &Session,
            request: &str,
            limit: usize,
            token: &Token,
        ) -> Result<String>;
        fn delta_files(session: &Session, request: &str, token: &Token) -> Result<Box<Frame>>;
        fn delta_pruning(frame: &Frame, token: &Token) -> Result<String>;
        fn delta_verify(session: &Session, request: &str, token: &Token) -> Result<()>;
        fn delta_truncate(
            session: &Session,
            request: &str,
            dry_run: bool,
            token: &Token,
        ) -> Result<String>;
        fn delta_arm_fault(document: &str) -> Result<u64>;
        fn delta_refresh(session: &Session, name: &str, token: &Token) -> Result<()>;
        fn delta_state(session: &Session, request: &str, token: &Token) -> Result<String>;
        fn delta_find_commit(
            session: &Session,
            request: &str,
            operation_id: &str,
            after_version: i64,
            token: &Token,
        ) -> Result<i64>;
        fn read_version(frame: &Frame, table_uri: &str) -> Result<i64>;
        fn reads_once(frame: &Frame) -> Result<bool>;
    }
}

use ffi::{ArrowArray, ArrowArrayStream, ArrowSchema, NativeFunction, NativeOperator};

fn token_new(timeout_ms: i64) -> Box<Token> {
    Box::new(Token::new(timeout_ms))
}

fn token_cancel(token: &Token) {
    token.cancel();
}

fn token_has_ended(token: &Token) -> bool {
    token.has_ended()
}

fn shutdown(patience_ms: u64) -> Result<()> {
    guard(|| runtime::shutdown(Duration::from_millis(patience_ms)))
}

/// Panics on an engine thread, so that tests can see what becomes of it.
fn provoke_panic() -> Result<()> {
    guard(|| runtime::run(&Token::new(-1), async { panic!("provoked") }))
}

fn datafusion_version() -> &'static str {
    datafusion::DATAFUSION_VERSION
}

fn delta_rs_version() -> &'static str {
    deltalake::crate_version()
}

fn session_builder(profile: &str) -> Result<Box<SessionBuilder>> {
    guard(|| SessionBuilder::new(profile))
}

/// # Safety
/// `examples` is valid and unreleased; it is taken over.
unsafe fn add_function(
    builder: &mut SessionBuilder,
    declaration: &str,
    examples: *mut ArrowSchema,
    function: cxx::SharedPtr<NativeFunction>,
) -> Result<()> {
    // SAFETY: by the contract above.
    let examples = unsafe { take_schema(examples) };
    guard(|| {
        builder.add(udf::define(declaration, &examples, function)?);
        Ok(())
    })
}

fn add_alias(builder: &mut SessionBuilder, name: &str, function: &str) {
    builder.add_alias(name, function);
}

fn add_operator(
    builder: &mut SessionBuilder,
    symbol: &str,
    function: &str,
    swapped: bool,
    rule: cxx::SharedPtr<NativeOperator>,
) {
    builder.add_operator(symbol, function, swapped, rule);
}

fn open_session(builder: &mut SessionBuilder) -> Result<Box<Session>> {
    guard(|| builder.open())
}

fn set_shapes(builder: &mut SessionBuilder, document: &str) {
    builder.set_shapes(document);
}

fn tables_new() -> Box<Tables> {
    Box::default()
}

fn tables_add(tables: &mut Tables, call: &Call, frame: &Frame) {
    tables.add(call, frame);
}

fn call_function(call: &Call) -> &str {
    &call.function
}

/// # Safety
/// `out` points to memory for an `ArrowSchema`.
unsafe fn call_schema(call: &Call, out: *mut ArrowSchema) -> Result<()> {
    let schema = guard(|| call.schema())?;
    // SAFETY: by the contract above.
    unsafe { out.cast::<FFI_ArrowSchema>().write(schema) };
    Ok(())
}

/// # Safety
/// `wanted` is valid and taken over; `array` and `schema` point to memory for one each.
unsafe fn call_row(
    call: &Call,
    wanted: *mut ArrowSchema,
    array: *mut ArrowArray,
    schema: *mut ArrowSchema,
) -> Result<()> {
    // SAFETY: by the contract above.
    let wanted = unsafe { take_schema(wanted) };
    let (data, data_type) =
        guard(|| Ok(to_ffi(&call.row(&Schema::try_from(&wanted)?)?.into_data())?))?;
    // SAFETY: by the contract above.
    unsafe {
        array.cast::<FFI_ArrowArray>().write(data);
        schema.cast::<FFI_ArrowSchema>().write(data_type);
    }
    Ok(())
}

fn sql(
    session: &Session,
    query: &str,
    permissions: &str,
    parameters: &str,
    tables: &mut Tables,
    token: &Token,
) -> Result<Box<Planned>> {
    guard(|| session.sql(query, permissions, parameters, tables, token))
}

fn planned_change(planned: &Planned) -> &str {
    planned.change.as_deref().unwrap_or_default()
}

fn planned_frame(planned: &mut Planned) -> Result<Box<Frame>> {
    planned.frame.take().ok_or_else(|| Failure::new(failure::Code::Internal, "taken before"))
}

fn planned_changed_functions(planned: &Planned) -> bool {
    planned.changed_functions
}

fn planned_has_call(planned: &Planned) -> bool {
    planned.call.is_some()
}

fn planned_call(planned: &mut Planned) -> Result<Box<Call>> {
    planned.call.take().ok_or_else(|| Failure::new(failure::Code::Internal, "taken before"))
}

fn table(session: &Session, name: &str) -> Result<Box<Frame>> {
    guard(|| session.table(name))
}

fn has_table(session: &Session, name: &str) -> Result<bool> {
    guard(|| session.has_table(name))
}

fn read(session: &Session, provider: &Provider) -> Result<Box<Frame>> {
    guard(|| session.read(provider))
}

fn constraints(session: &Session, token: &Token) -> Result<Box<Frame>> {
    guard(|| session.constraints(token))
}

fn read_ipc(session: &Session, bytes: &[u8]) -> Result<Box<Frame>> {
    guard(|| session.read_ipc(bytes))
}

/// # Safety
/// `stream` is a valid stream, which is taken over.
unsafe fn read_stream(session: &Session, stream: *mut ArrowArrayStream) -> Result<Box<Frame>> {
    guard(|| {
        // SAFETY: by the contract above.
        let reader = unsafe { ForeignReader::import(stream.cast()) }?;
        let schema = reader.schema();
        session.read_batches(schema, reader.collect::<Result<Vec<RecordBatch>>>()?)
    })
}

fn cache_entries(session: &Session, cache: &str) -> Result<Box<Frame>> {
    guard(|| session.cache_entries(cache))
}

fn memory_reserved(session: &Session) -> u64 {
    session.memory_reserved()
}

fn memory_peak(session: &Session) -> u64 {
    session.memory_peak()
}

fn transform(frame: &Frame, operation: &str) -> Result<Box<Frame>> {
    guard(|| frame.transform(operation))
}

fn combine(left: &Frame, right: &Frame, operation: &str) -> Result<Box<Frame>> {
    guard(|| left.combine(right, operation))
}

/// # Safety
/// `out` points to memory for an `ArrowSchema`.
unsafe fn schema(frame: &Frame, out: *mut ArrowSchema) -> Result<()> {
    let schema = guard(|| frame.schema())?;
    // SAFETY: by the contract above.
    unsafe { out.cast::<FFI_ArrowSchema>().write(schema) };
    Ok(())
}

/// # Safety
/// `out` points to memory for an `ArrowArrayStream`.
unsafe fn stream(frame: &Frame, token: &Token, out: *mut ArrowArrayStream) -> Result<()> {
    // SAFETY: by the contract above.
    guard(|| unsafe { frame::stream_into(frame, token, out.cast()) })
}

fn count(frame: &Frame, token: &Token) -> Result<u64> {
    guard(|| frame.count(token))
}

fn to_text(frame: &Frame, token: &Token) -> Result<String> {
    guard(|| frame.to_text(token))
}

fn plan_text(frame: &Frame) -> Result<String> {
    guard(|| delta::plan_text(frame))
}

fn plan_functions(frame: &Frame) -> Result<Vec<String>> {
    guard(|| udf::called(frame.frame.logical_plan()))
}

fn stage(frame: &Frame, memory_bytes: u64, token: &Token) -> Result<Box<Frame>> {
    guard(|| frame.stage(memory_bytes, token))
}

fn write_parquet(frame: &Frame, path: &str, token: &Token) -> Result<u64> {
    guard(|| frame.write_parquet(path, token))
}

/// # Safety
/// `partitions` points to `partition_count` valid streams, which are taken over.
unsafe fn register_batches(
    session: &Session,
    name: &str,
    partitions: *mut ArrowArrayStream,
    partition_count: usize,
) -> Result<()> {
    guard(|| {
        let mut schema = Arc::new(Schema::empty());
        let mut batches = Vec::with_capacity(partition_count);
        for index in 0..partition_count {
            // SAFETY: by the contract above.
            let reader = unsafe {
                ForeignReader::import(partitions.cast::<FFI_ArrowArrayStream>().add(index))
            }?;
            schema = reader.schema();
            batches.push(reader.collect::<Result<Vec<RecordBatch>>>()?);
        }
        session.register_batches(name, schema, batches)
    })
}

/// # Safety
/// `stream` is a valid stream, which is taken over.
unsafe fn register_stream(
    session: &Session,
    name: &str,
    stream: *mut ArrowArrayStream,
) -> Result<()> {
    // SAFETY: by the contract above.
    guard(|| session.register_stream(name, unsafe { ForeignReader::import(stream.cast()) }?))
}

fn register_listing(session: &Session, name: &str, location: &str, format: &str) -> Result<()> {
    guard(|| session.register_listing(name, location, format))
}

fn register_provider(session: &Session, name: &str, provider: &Provider) -> Result<()> {
    guard(|| session.register_provider(name, provider))
}

fn register_view(session: &Session, name: &str, frame: &Frame) -> Result<()> {
    guard(|| session.register_view(name, frame))
}

fn view(frame: &Frame) -> Box<Provider> {
    Box::new(Provider { table: frame.frame.clone().into_view() })
}

fn create_schema(session: &Session, name: &str) -> Result<()> {
    guard(|| session.create_schema(name))
}

fn deregister(session: &Session, name: &str) -> Result<()> {
    guard(|| session.deregister(name))
}

fn delta_open(session: &Session, request: &str, token: &Token) -> Result<Box<Opened>> {
    guard(|| Ok(Box::new(session.delta_open(request, token)?)))
}

fn opened_metadata(opened: &Opened) -> String {
    opened.metadata.clone()
}

/// # Safety
/// `out` points to memory for an `ArrowSchema`.
unsafe fn opened_schema(opened: &mut Opened, out: *mut ArrowSchema) {
    let schema = std::mem::replace(&mut opened.schema, FFI_ArrowSchema::empty());
    // SAFETY: by the contract above.
    unsafe { out.cast::<FFI_ArrowSchema>().write(schema) };
}

fn opened_has_provider(opened: &Opened) -> bool {
    opened.provider.is_some()
}

fn opened_provider(opened: &mut Opened) -> Result<Box<Provider>> {
    opened.provider.take().map(Box::new).ok_or_else(|| {
        Failure::new(failure::Code::Internal, "the table was opened for its metadata alone")
    })
}

fn delta_is_table(session: &Session, request: &str) -> Result<bool> {
    guard(|| session.delta_is_table(request))
}

/// # Safety
/// `schema` is valid and taken over.
unsafe fn delta_change(
    session: &Session,
    request: &str,
    schema: *mut ArrowSchema,
    token: &Token,
) -> Result<String> {
    // SAFETY: by the contract above.
    let schema = unsafe { take_schema(schema) };
    guard(|| session.delta_change(request, None, Schema::try_from(&schema)?, token))
}

fn delta_change_from(
    session: &Session,
    source: &Frame,
    request: &str,
    token: &Token,
) -> Result<String> {
    guard(|| session.delta_change(request, Some(source), Schema::empty(), token))
}

fn delta_history(session: &Session, request: &str, limit: usize, token: &Token) -> Result<String> {
    guard(|| session.delta_history(request, limit, token))
}

fn delta_files(session: &Session, request: &str, token: &Token) -> Result<Box<Frame>> {
    guard(|| session.delta_files(request, token))
}

fn delta_pruning(frame: &Frame, token: &Token) -> Result<String> {
    guard(|| frame.delta_pruning(token))
}

fn delta_verify(session: &Session, request: &str, token: &Token) -> Result<()> {
    guard(|| session.delta_verify(request, token))
}

fn delta_truncate(
    session: &Session,
    request: &str,
    dry_run: bool,
    token: &Token,
) -> Result<String> {
    guard(|| session.delta_truncate(request, dry_run, token))
}

fn delta_arm_fault(document: &str) -> Result<u64> {
    guard(|| delta::arm_fault(document))
}

fn delta_refresh(session: &Session, name: &str, token: &Token) -> Result<()> {
    guard(|| session.delta_refresh(name, token))
}

fn delta_state(session: &Session, request: &str, token: &Token) -> Result<String> {
    guard(|| session.delta_state(request, token))
}

fn delta_find_commit(
    session: &Session,
    request: &str,
    operation_id: &str,
    after_version: i64,
    token: &Token,
) -> Result<i64> {
    guard(|| session.delta_find_commit(request, operation_id, after_version, token))
}

fn read_version(frame: &Frame, table_uri: &str) -> Result<i64> {
    guard(|| delta::read_version(frame, table_uri))
}

fn reads_once(frame: &Frame) -> Result<bool> {
    guard(|| delta::reads_once(frame))
}

/// # Safety
/// `schema` is valid and unreleased; it is marked released.
unsafe fn take_schema(schema: *mut ArrowSchema) -> FFI_ArrowSchema {
    // SAFETY: by the contract above.
    unsafe { FFI_ArrowSchema::from_raw(schema.cast()) }
}
