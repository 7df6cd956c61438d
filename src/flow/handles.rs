//! What queries are run on: which arguments of a call are that.

use super::eval::Eval;
use crate::knowledge::{MethodFact, Pattern};
use crate::syntax::{ExprId, ExprKind};

/// Names that people give to connections, pools and transactions.
const HANDLE_NAMES: [&str; 13] = [
    "conn",
    "connection",
    "db",
    "database",
    "pool",
    "tx",
    "txn",
    "transaction",
    "trx",
    "executor",
    "session",
    "c",
    "client",
];

impl Eval<'_> {
    /// Whether an expression is called like a connection.
    pub(super) fn is_handle_name(&self, arg: ExprId) -> bool {
        let tree = self.tree();
        let name = match tree.expr(arg).kind {
            ExprKind::Path(path) => tree.last_name(path),
            ExprKind::Field { name, base } if name.as_str().parse::<u32>().is_ok() => return self.is_handle_name(base),
            ExprKind::Field { name, .. } => Some(name),
            ExprKind::Ref(inner) | ExprKind::Deref(inner) | ExprKind::Try(inner) | ExprKind::Await(inner) => {
                return self.is_handle_name(inner);
            }
            ExprKind::Method { receiver, call } => {
                let name = tree.methods[call as usize].name;
                let words = name.as_str().split('_').any(|word| HANDLE_NAMES.contains(&word));
                return words || tree.methods[call as usize].args.len == 0 && self.is_handle_name(receiver);
            }
            ExprKind::Call { callee, .. } => return self.is_handle_name(callee),
            _ => None,
        };
        name.is_some_and(|name| name.as_str().split('_').any(|word| HANDLE_NAMES.contains(&word)))
    }
}

/// The arguments of a query that are not what it is run on.
pub(super) fn not_handles(fact: &MethodFact, args: &[ExprId]) -> Vec<ExprId> {
    let patterns = fact.args.as_deref().unwrap_or_default();
    let is_handle = |index: usize| patterns.get(index) == Some(&Pattern::Handle);
    args.iter().enumerate().filter(|(index, _)| !is_handle(*index)).map(|(_, arg)| *arg).collect()
}
