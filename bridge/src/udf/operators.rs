//! Operators that stand for functions.

use arrow::datatypes::{DataType, Field};
use arrow::ffi::FFI_ArrowSchema;
use datafusion::common::{DFSchema, Result as EngineResult};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{Expr, ExprSchemable, ScalarUDF};
use std::sync::Arc;

use cxx::SharedPtr;

use crate::ffi::NativeOperator;

/// An operator, the function that it stands for, and the C++ rule of operands that it holds for.
pub struct Binding {
    pub symbol: String,
    pub function: Arc<ScalarUDF>,
    pub swapped: bool,
    pub rule: Rule,
}

pub struct Rule(pub SharedPtr<NativeOperator>);
// SAFETY: the object behind the pointer is immutable.
unsafe impl Send for Rule {}
// SAFETY: as above.
unsafe impl Sync for Rule {}

impl std::fmt::Debug for Binding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} for {}", self.symbol, self.function.name())
    }
}

#[derive(Debug)]
pub struct OperatorPlanner(pub Vec<Binding>);

impl Binding {
    fn holds(&self, left: &DataType, right: &DataType) -> EngineResult<bool> {
        let operands =
            vec![Field::new("left", left.clone(), true), Field::new("right", right.clone(), true)];
        let mut operands = FFI_ArrowSchema::try_from(DataType::Struct(operands.into()))?;
        // SAFETY: the schema is valid and taken over.
        Ok(unsafe { self.rule.0.holds((&raw mut operands).cast()) })
    }
}

impl ExprPlanner for OperatorPlanner {
    fn plan_binary_op(
        &self,
        expr: RawBinaryExpr,
        schema: &DFSchema,
    ) -> EngineResult<PlannerResult<RawBinaryExpr>> {
        let symbol = expr.op.to_string();
        for binding in self.0.iter().filter(|binding| binding.symbol == symbol) {
            if !binding.holds(&expr.left.get_type(schema)?, &expr.right.get_type(schema)?)? {
                continue;
            }
            let RawBinaryExpr { left, right, .. } = expr;
            let operands = if binding.swapped { vec![right, left] } else { vec![left, right] };
            let call = ScalarFunction::new_udf(Arc::clone(&binding.function), operands);
            return Ok(PlannerResult::Planned(Expr::ScalarFunction(call)));
        }
        Ok(PlannerResult::Original(expr))
    }
}
