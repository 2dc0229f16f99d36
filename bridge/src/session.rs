//! Sessions: this is the only place that makes one, always from a profile.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cxx::SharedPtr;

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, ParamValues, TableReference};
use datafusion::execution::FunctionRegistry;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{
    FairSpillPool, MemoryPool, PeakRecordingPool, TrackConsumersPool,
};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::{DdlStatement, LogicalPlan, LogicalPlanBuilder};
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use datafusion::sql::parser::Statement as SqlStatement;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token as SqlToken, Tokenizer};
use deltalake::delta_datafusion::planner::DeltaPlanner;
use serde::Deserialize;
use tokio::sync::RwLock;

use crate::delta::{KnownTables, Statement};
use crate::expr::{Expressions, Node};
use crate::failure::{Code, Failure, Result};
use crate::ffi::NativeOperator;
use crate::frame::Frame;
use crate::macros::{self, Change, Macro};
use crate::named_arguments::{Shapes, Values};
use crate::roots::{GuardedRegistry, Roots};
use crate::runtime::{self, Token};
use crate::table_function::{Call, NativeTableFunction, PLANNING, Planning, Tables};
use crate::udf::{self, Binding, OperatorPlanner, Registered, Rule};
use crate::yielding_joins::YieldingJoins;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    information_schema: bool,
    ident_normalization: bool,
    url_table: bool,
    require_delta: bool,
    view_types: bool,
    dynamic_filters: bool,
    time_zone: String,
    target_partitions: usize,
    batch_size: usize,
    prefer_hash_join: bool,
    memory_limit: u64,
    spill_folder: Option<PathBuf>,
    spill_limit: u64,
    query_timeout_ms: u64,
    allowed_roots: Option<Vec<String>>,
    default_catalog: String,
    default_schema: String,
    store_options: HashMap<String, String>,
    settings: HashMap<String, String>,
}

/// What a session's frames share.
pub struct Shared {
    pub context: SessionContext,
    pub roots: Roots,
    pub query_timeout: Option<Duration>,
    pub known_tables: KnownTables,
    /// Options of object stores, under those that a request gives.
    pub store_options: HashMap<String, String>,
    /// Held for writing while a registered table is replaced, so that no plan misses it.
    pub planning: RwLock<()>,
    memory: Arc<PeakRecordingPool>,
    require_delta: bool,
    shapes: Shapes,
}

pub struct Session {
    pub shared: Arc<Shared>,
}

/// A session under construction: functions are added before it opens.
pub struct SessionBuilder {
    profile: Profile,
    functions: Vec<Registered>,
    /// Names, and the engine's functions that they stand for.
    aliases: Vec<(String, String)>,
    operators: Vec<Operator>,
    shapes: String,
}

/// An operator that stands for a function.
struct Operator {
    symbol: String,
    function: String,
    swapped: bool,
    rule: SharedPtr<NativeOperator>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Permissions {
    ddl: bool,
    dml: bool,
    statements: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    nodes: Vec<Node>,
    values: HashMap<String, usize>,
}

/// A statement, planned: a frame to run; or a change of a Delta table, and the rows that it takes; or
/// a call of a native table function that planning can't go on without.
#[derive(Default)]
pub struct Planned {
    pub change: Option<String>,
    pub frame: Option<Box<Frame>>,
    pub call: Option<Box<Call>>,
    /// The session has other functions than before.
    pub changed_functions: bool,
}

/// A consumer that is named when memory runs out.
const NAMED_CONSUMERS: NonZeroUsize = NonZeroUsize::new(5).unwrap();

impl SessionBuilder {
    pub fn new(profile: &str) -> Result<Box<Self>> {
        Ok(Box::new(Self {
            profile: serde_json::from_str(profile)?,
            functions: Vec::new(),
            aliases: Vec::new(),
            operators: Vec::new(),
            shapes: String::new(),
        }))
    }

    /// Takes what SQL may call the parameters of the native functions, and what stands for those
    /// that it leaves out. The table functions are those of this document.
    pub fn set_shapes(&mut self, document: &str) {
        self.shapes = document.to_string();
    }

    pub fn add(&mut self, function: Registered) {
        self.functions.push(function);
    }

    pub fn add_alias(&mut self, name: &str, function: &str) {
        self.aliases.push((name.to_string(), function.to_string()));
    }

    pub fn add_operator(
        &mut self,
        symbol: &str,
        function: &str,
        swapped: bool,
        rule: SharedPtr<NativeOperator>,
    ) {
        let (symbol, function) = (symbol.to_string(), function.to_string());
        self.operators.push(Operator { symbol, function, swapped, rule });
    }

    #[expect(clippy::disallowed_methods, reason = "the one door")]
    pub fn open(&mut self) -> Result<Box<Session>> {
        let profile = &self.profile;
        let roots = Roots::new(profile.allowed_roots.clone())?;
        let memory = Arc::new(PeakRecordingPool::new(Arc::new(TrackConsumersPool::new(
            FairSpillPool::new(profile.memory_bytes()),
            NAMED_CONSUMERS,
        ))));
        let environment = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::clone(&memory) as Arc<dyn MemoryPool>)
            .with_disk_manager_builder(profile.disk())
            .with_object_store_registry(Arc::new(GuardedRegistry::new(roots.clone())))
            .build_arc()?;
        let state = SessionStateBuilder::new()
            .with_config(profile.config()?)
            .with_runtime_env(environment)
            .with_default_features()
            .with_query_planner(DeltaPlanner::new())
            .with_physical_optimizer_rule(Arc::new(YieldingJoins))
            .build();
        let mut context = SessionContext::new_with_state(state);
        if profile.url_table {
            context = context.enable_url_table();
        }
        self.register_functions(&mut context)?;
        let shapes = Shapes::read(&self.shapes, &context.state())?;
        for (name, parameters) in shapes.tables() {
            if context.table_function(name).is_ok() {
                return Err(Failure::new(
                    Code::AlreadyExists,
                    format!("the session already has a table function `{name}`"),
                ));
            }
            let function = NativeTableFunction { name: name.clone(), parameters };
            context.register_udtf(name, Arc::new(function));
        }
        let profile = &self.profile;
        let timeout = Duration::from_millis(profile.query_timeout_ms);
        Ok(Box::new(Session {
            shared: Arc::new(Shared {
                context,
                roots,
                known_tables: KnownTables::default(),
                store_options: profile.store_options.clone(),
                planning: RwLock::new(()),
                query_timeout: (!timeout.is_zero()).then_some(timeout),
                memory,
                require_delta: profile.require_delta,
                shapes,
            }),
        }))
    }
}

impl SessionBuilder {
    fn register_functions(&mut self, context: &mut SessionContext) -> Result<()> {
        for function in self.functions.drain(..) {
            let (name, aliases) = function.names();
            for name in std::iter::once(name).chain(aliases.iter().map(String::as_str)) {
                refuse_taken(context, name)?;
            }
            match function {
                Registered::Scalar(function) => SessionContext::register_udf(context, function),
                Registered::Aggregate(function) => {
                    SessionContext::register_udaf(context, function);
                }
                Registered::Window(function) => SessionContext::register_udwf(context, function),
            }
        }
        for (name, function) in self.aliases.drain(..) {
            refuse_taken(context, &name)?;
            udf::alias(context, &name, &function)?;
        }
        let state = context.state();
        let mut bindings = Vec::new();
        for operator in self.operators.drain(..) {
            bindings.push(Binding {
                function: state.udf(&operator.function)?,
                symbol: operator.symbol,
                swapped: operator.swapped,
                rule: Rule(operator.rule),
            });
        }
        context.register_expr_planner(Arc::new(OperatorPlanner(bindings)))?;
        Ok(())
    }
}

/// A name stands for one function, of whatever kind.
fn refuse_taken(context: &SessionContext, name: &str) -> Result<()> {
    let state = context.state();
    let taken = state.scalar_functions().contains_key(name)
        || state.aggregate_functions().contains_key(name)
        || state.window_functions().contains_key(name);
    if !taken {
        return Ok(());
    }
    Err(Failure::new(Code::AlreadyExists, format!("the session already has a function `{name}`")))
}

impl Profile {
    fn config(&self) -> Result<SessionConfig> {
        let mut config = SessionConfig::new()
            .with_create_default_catalog_and_schema(true)
            .with_default_catalog_and_schema(&self.default_catalog, &self.default_schema)
            .with_information_schema(self.information_schema)
            .with_batch_size(self.batch_size);
        if self.target_partitions > 0 {
            config = config.with_target_partitions(self.target_partitions);
        }
        let options = config.options_mut();
        options.sql_parser.enable_ident_normalization = self.ident_normalization;
        options.sql_parser.map_string_types_to_utf8view = self.view_types;
        options.execution.parquet.schema_force_view_types = self.view_types;
        options.execution.time_zone = Some(self.time_zone.clone());
        // Spark's timestamps: as nanoseconds, those before 1678 and after 2262 wrap around.
        options.execution.parquet.coerce_int96 = Some("us".to_string());
        options.optimizer.prefer_hash_join = self.prefer_hash_join;
        options.optimizer.enable_dynamic_filter_pushdown = self.dynamic_filters;
        // Dictionary join keys (Delta's partition columns) make the engine panic otherwise.
        options.optimizer.hash_join_inlist_pushdown_max_size = 0;
        options.optimizer.hash_join_inlist_pushdown_max_distinct_values = 0;
        // Takes a column that a subquery computes for its input's of the same name, when a part of
        // a struct is read beside it: wrong rows (apache/datafusion#25414), or no plan.
        options.optimizer.enable_leaf_expression_pushdown = false;
        for (name, value) in &self.settings {
            options.set(name, value).map_err(|error| {
                Failure::new(Code::InvalidArgument, format!("setting `{name}`: {error}"))
            })?;
        }
        Ok(config)
    }

    fn memory_bytes(&self) -> usize {
        match usize::try_from(self.memory_limit).unwrap_or(usize::MAX) {
            0 => physical_memory() / 2,
            bytes => bytes,
        }
    }

    fn disk(&self) -> DiskManagerBuilder {
        let mode = match &self.spill_folder {
            Some(folder) => DiskManagerMode::Directories(vec![folder.clone()]),
            None => DiskManagerMode::OsTmpDirectory,
        };
        DiskManagerBuilder::default().with_mode(mode).with_max_temp_directory_size(self.spill_limit)
    }
}

fn physical_memory() -> usize {
    // SAFETY: sysconf only reads.
    let (pages, page) =
        unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
    usize::try_from(pages)
        .unwrap_or(0)
        .saturating_mul(usize::try_from(page).unwrap_or(0))
        .max(1 << 30)
}

impl Session {
    pub fn sql(
        &self,
        query: &str,
        permissions: &str,
        parameters: &str,
        tables: &mut Tables,
        token: &Token,
    ) -> Result<Box<Planned>> {
        let permissions: Permissions = serde_json::from_str(permissions)?;
        let Parameters { nodes, values } = serde_json::from_str(parameters)?;
        let shared = Arc::clone(&self.shared);
        tables.require_of(&shared)?;
        let query = query.to_string();
        let mut state = shared.context.state();
        let props = state.execution_props_mut();
        tables.started = tables.started.or(props.query_execution_start_time);
        props.query_execution_start_time = tables.started;
        let values = Expressions::lower(&nodes, &state)?.named_literals(&values)?;
        let planning = Planning::new(tables.clone(), values.clone());
        let timed = token.within(shared.query_timeout);
        runtime::run(&timed, async move {
            let outcome = {
                let _planning = shared.planning.read().await;
                let statement = statement(&shared, &state, &query, &values)?;
                let change = Change::of(&statement, &state)?;
                let outcome = async {
                    match change {
                        None => plan(&shared, &state, statement, &permissions).await.map(Some),
                        Some(change) => change_macros(&shared, &state, change, &permissions)
                            .await
                            .map(|()| None),
                    }
                };
                PLANNING.scope(Arc::clone(&planning), outcome).await
            };
            if let Some(call) = planning.wanted() {
                return Ok(Box::new(Planned { call: Some(Box::new(call)), ..Planned::default() }));
            }
            let Some(plan) = outcome? else { return Planned::changed_functions(shared) };
            let plan = match values.is_empty() {
                true => plan,
                false => plan.with_param_values(ParamValues::from(values))?,
            };
            if let Some(statement) = Statement::of(&plan)? {
                return Planned::change(&statement, plan, shared);
            }
            let frame = shared.context.execute_logical_plan(plan).await?;
            Ok(Box::new(Planned { frame: Some(Frame::new(frame, shared)), ..Planned::default() }))
        })
    }

    pub fn table(&self, name: &str) -> Result<Box<Frame>> {
        let shared = Arc::clone(&self.shared);
        let reference = reference(name);
        let unknown = Failure::new(
            Code::NotFound,
            format!("there is no table `{name}`; information_schema.tables lists what there is"),
        )
        .with("table", name);
        runtime::run(&Token::new(-1), async move {
            let _planning = shared.planning.read().await;
            if !shared.context.table_exist(reference.clone())? {
                return Err(unknown);
            }
            let frame = shared.context.table(reference).await?;
            Ok(Frame::new(frame, Arc::clone(&shared)))
        })
    }

    pub fn has_table(&self, name: &str) -> Result<bool> {
        Ok(self.shared.context.table_exist(reference(name))?)
    }

    pub fn memory_reserved(&self) -> u64 {
        self.shared.memory.reserved() as u64
    }

    pub fn memory_peak(&self) -> u64 {
        self.shared.memory.max_reserved() as u64
    }
}

impl Planned {
    fn changed_functions(shared: Arc<Shared>) -> Result<Box<Self>> {
        let nothing = LogicalPlanBuilder::empty(false).build()?;
        let frame = Frame::new(DataFrame::new(shared.context.state(), nothing), shared);
        Ok(Box::new(Self { frame: Some(frame), changed_functions: true, ..Self::default() }))
    }

    fn change(statement: &Statement, plan: LogicalPlan, shared: Arc<Shared>) -> Result<Box<Self>> {
        let LogicalPlan::Dml(dml) = plan else {
            return Err(Failure::new(Code::Internal, "a change that is no DML"));
        };
        let rows = DataFrame::new(shared.context.state(), dml.input.as_ref().clone());
        Ok(Box::new(Self {
            change: Some(serde_json::to_string(statement)?),
            frame: Some(Frame::new(rows, shared)),
            ..Self::default()
        }))
    }
}

/// The statement of `query`, the arguments of its calls in order.
fn statement(
    shared: &Shared,
    state: &SessionState,
    query: &str,
    values: &Values,
) -> Result<SqlStatement> {
    refuse_deep(query)?;
    let dialect = state.config_options().sql_parser.dialect;
    let mut statement = state.sql_to_statement(query, &dialect).map_err(|error| match error {
        // One text with several statements is a fault of the query, not a missing feature.
        DataFusionError::NotImplemented(what) if what.contains("single SQL statement") => {
            Failure::new(Code::InvalidQuery, what)
        }
        other => other.into(),
    })?;
    shared.shapes.apply(&mut statement, state, values)?;
    Ok(statement)
}

async fn plan(
    shared: &Shared,
    state: &SessionState,
    statement: SqlStatement,
    permissions: &Permissions,
) -> Result<LogicalPlan> {
    let plan = state.statement_to_plan(statement).await?;
    permissions.require(&plan)?;
    refuse_other_tables(shared, &plan)?;
    refuse_places_outside(&shared.roots, &plan)?;
    Ok(plan)
}

impl Permissions {
    fn require(&self, plan: &LogicalPlan) -> Result<()> {
        SQLOptions::new()
            .with_allow_ddl(self.ddl)
            .with_allow_dml(self.dml)
            .with_allow_statements(self.statements)
            .verify_plan(plan)
            .map_err(|error| forbidden(&error.strip_backtrace()))
    }
}

fn forbidden(what: &str) -> Failure {
    Failure::new(
        Code::PolicyViolation,
        format!("{what}; the session's SQL policy or the call's options forbid it"),
    )
}

/// The engine knows no macros, so these statements are carried out here.
async fn change_macros(
    shared: &Shared,
    state: &SessionState,
    change: Change,
    permissions: &Permissions,
) -> Result<()> {
    if !permissions.ddl {
        return Err(forbidden("CREATE FUNCTION, CREATE MACRO and DROP FUNCTION are DDL"));
    }
    match change {
        Change::Create(definition) => {
            let made = Macro::plan(*definition, state).await?;
            if let Some(plan) = made.reads() {
                permissions.require(plan)?;
                refuse_other_tables(shared, plan)?;
                refuse_places_outside(&shared.roots, plan)?;
            }
            made.register(&shared.context);
        }
        Change::Drop { names, if_exists } => {
            for name in &names {
                macros::drop(name, if_exists, &shared.context)?;
            }
        }
    }
    Ok(())
}

/// Operators and clauses that one statement may have: each can be a level of a tree that the engine
/// takes apart by recursion.
const MAX_OPERATORS: usize = 4000;

pub fn refuse_deep(query: &str) -> Result<()> {
    let Ok(tokens) = Tokenizer::new(&GenericDialect {}, query).tokenize() else {
        return Ok(());
    };
    let operators = tokens.iter().filter(|token| nests(token)).count();
    if operators <= MAX_OPERATORS {
        return Ok(());
    }
    Err(Failure::new(
        Code::InvalidQuery,
        format!(
            "the statement has {operators} operators and clauses; at most {MAX_OPERATORS} are taken"
        ),
    ))
}

fn nests(token: &SqlToken) -> bool {
    match token {
        SqlToken::Word(word) => matches!(
            word.keyword,
            Keyword::AND
                | Keyword::OR
                | Keyword::NOT
                | Keyword::CASE
                | Keyword::WHEN
                | Keyword::SELECT
                | Keyword::UNION
                | Keyword::EXCEPT
                | Keyword::INTERSECT
                | Keyword::IS
                | Keyword::LIKE
                | Keyword::BETWEEN
                | Keyword::JOIN
                | Keyword::EXPLAIN
        ),
        SqlToken::Whitespace(_)
        | SqlToken::Number(..)
        | SqlToken::SingleQuotedString(_)
        | SqlToken::Comma
        | SqlToken::Period
        | SqlToken::RParen
        | SqlToken::RBracket
        | SqlToken::SemiColon
        | SqlToken::EOF => false,
        _ => true,
    }
}

/// Refuses places before anything is tried there, by their name in the statement. (The stores behind
/// the session's registry would refuse them too, but the engine's writers hide why.)
fn refuse_places_outside(roots: &Roots, plan: &LogicalPlan) -> Result<()> {
    let mut places = Vec::new();
    plan.apply_with_subqueries(|node| {
        match node {
            LogicalPlan::Copy(copy) => places.push(copy.output_url.clone()),
            LogicalPlan::Ddl(DdlStatement::CreateExternalTable(create)) => {
                places.extend(create.locations.iter().cloned());
            }
            _ => {}
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    places.iter().try_for_each(|place| roots.url(place).map(|_| ()))
}

/// A session that requires Delta keeps no other tables. (A change of a Delta table never reaches the
/// engine's own sinks, which check no constraint.)
fn refuse_other_tables(shared: &Shared, plan: &LogicalPlan) -> Result<()> {
    match plan {
        LogicalPlan::Dml(dml) if shared.require_delta && Statement::of(plan)?.is_none() => {
            return Err(Failure::new(
                Code::PolicyViolation,
                format!("`{}` is no Delta table, which the profile requires", dml.table_name),
            ));
        }
        LogicalPlan::Ddl(DdlStatement::CreateExternalTable(create)) if shared.require_delta => {
            return Err(Failure::new(
                Code::PolicyViolation,
                format!("`{}` would not be a Delta table, which the profile requires", create.name),
            ));
        }
        LogicalPlan::Copy(_) if shared.require_delta => {
            return Err(Failure::new(
                Code::PolicyViolation,
                "COPY writes no Delta table, which the profile requires",
            ));
        }
        _ => {}
    }
    Ok(())
}

/// `table`, `schema.table` or `catalog.schema.table`, never normalised.
pub fn reference(name: &str) -> TableReference {
    let parts: Vec<&str> = name.splitn(3, '.').collect();
    match parts[..] {
        [catalog, schema, table] => TableReference::full(catalog, schema, table),
        [schema, table] => TableReference::partial(schema, table),
        _ => TableReference::bare(name),
    }
}
