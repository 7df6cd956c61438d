//! Types as far as syntax tells them, without references: `&mut T` is `T`.
//!
//! Every node of a type can carry marks: what `flow` has found out about the value that stands there.

use std::sync::Arc;

use super::ids::{AdtId, FnId, InstanceId, TraitId};
use crate::symbol::Sym;
use crate::syntax::ExprId;

/// A type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Ty {
    /// What it is.
    pub head: Head,
    args: Option<Arc<Vec<Ty>>>,
    marks: Option<Arc<Vec<Mark>>>,
}

/// What a type is, apart from its arguments.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Head {
    /// Not known.
    Unknown,
    /// Of an expression that never yields a value.
    Never,
    /// `(A, B)`; the arguments are its fields.
    Tuple,
    /// `[T]`, `[T; n]`; the argument is the item.
    Slice,
    /// A function pointer or `Fn` bound; the arguments are its parameters and, last, what it returns.
    Fn,
    /// A struct or enum of the project.
    Adt(AdtId),
    /// A type or trait of another crate, by its known path.
    External(Sym),
    /// A type parameter.
    Param(Sym),
    /// `dyn A`, `impl A`; a trait of the project.
    Trait(TraitId),
    /// `dyn A + B`, `impl A + B`; the arguments are the traits.
    Bounds,
    /// A function's own type.
    FnItem(FnId),
    /// A closure's own type.
    Closure(InstanceId, ExprId),
}

/// What is known of a value, as found out by `flow`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Mark {
    /// What is known.
    pub what: What,
    /// The variant of the value that it is known of, where it is known of one only: the error of a query is in
    /// `AppError::Database`.
    pub within: Option<Variant>,
    /// Of the text of an error in a variant: which field it is in, where that is known.
    pub field: Option<u8>,
    /// Of a failure: its error is gone, or somebody has been told of it; nothing is left that could get lost. Of an
    /// absence: the code has looked at it.
    pub settled: bool,
}

/// A variant of an enum, or a struct, that a value was made with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Variant {
    /// Of a type of the project: its number among the variants.
    Own(AdtId, u32),
    /// Of a type of another crate, by its path.
    External(Sym),
}

impl Variant {
    /// The type that it is one of.
    pub fn head(self) -> Option<Head> {
        match self {
            Variant::Own(adt, _) => Some(Head::Adt(adt)),
            Variant::External(path) => path.as_str().rsplit_once("::").map(|(of, _)| Head::External(Sym::from(of))),
        }
    }
}

/// What can be known of a value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum What {
    /// That it holds the text of an internal error, of which this expression made a text.
    Text(Site),
    /// That it holds a text made of this part of an argument of the function: its number and which node of its type.
    TextOf(u16, u16),
    /// Being a failure (`Err`, `None`) means that this query failed; of an error, that it is or holds that of the query.
    QueryFailed(Site),
    /// Being a failure means that this call failed, which has to do with something outside the program.
    CallFailed(Site),
    /// Being a failure means that the variable which this call reads is not set.
    Unset(Site),
    /// What this query yielded.
    Queried(Site),
    /// How many rows this statement changed, by what the client has sent.
    Changed(Site),
    /// Being a failure means that a task around this query was cancelled or has panicked; not that the query failed.
    TaskFailed(Site),
    /// Being a failure means that a row did not hold what this access to it expects.
    Misread(Site),
    /// That it was made with the variant of the mark.
    Made,
    /// That it is of the variant of the mark, and of no other.
    Is,
    /// The HTTP status that it is, or that a response made of it has.
    Status(u16),
    /// Being a failure means that something inside of the service went wrong, whatever the error's type is else used for.
    Internal,
    /// That it only says something about the errors in it, such as a code, and is none of them.
    About,
    /// Whatever is known of this part of an argument of the function: its number and which node of its type.
    Argument(u16, u16),
    /// Being `None` means that this query found nothing; being an error can mean it, too.
    QueryEmpty(Site),
    /// Being an empty collection means that this query found nothing.
    RowsEmpty(Site),
    /// Whatever is known of this part of an argument about queries that found nothing.
    ArgumentEmpty(u16, u16),
    /// The status that a response made of it has where it says that this query found nothing.
    EmptyAnswer(Site, u16),
    /// Of a query that is not run yet: there is always something that it finds, or what it looks for is not for the
    /// client to say.
    Certain,
    /// Of a query that is not run yet: its text says that it looks for something that may not be there.
    Lookup,
}

impl What {
    /// Whether it is about a query that found nothing.
    pub const fn is_absence(self) -> bool {
        matches!(self, What::QueryEmpty(_) | What::RowsEmpty(_) | What::ArgumentEmpty(..))
    }
}

impl Mark {
    /// A mark on the value, whatever variant it is.
    pub const fn of(what: What) -> Mark {
        Mark { what, within: None, field: None, settled: false }
    }

    /// Whether it is about a failure, rather than about what the value is.
    const fn is_failure(self) -> bool {
        !matches!(
            self.what,
            What::Made | What::Is | What::Status(_) | What::EmptyAnswer(..) | What::Text(_) | What::TextOf(..)
        )
    }

    /// Whether it is the text of an error.
    const fn is_text(self) -> bool {
        matches!(self.what, What::Text(_) | What::TextOf(..))
    }

    /// The same of whatever variant.
    pub const fn anywhere(self) -> Mark {
        Mark { within: None, field: None, ..self }
    }

    /// The same, with nothing left that could get lost. Whether somebody has looked at an absence is not changed by that.
    pub const fn settled(self) -> Mark {
        if self.what.is_absence() { self } else { self.dealt_with() }
    }

    /// The same failure that somebody has been told of, or absence that the code has looked at.
    pub const fn dealt_with(self) -> Mark {
        Mark { settled: true, ..self }
    }

    /// The same of a field of the variant that it is known of.
    pub fn in_field(self, field: usize) -> Mark {
        Mark { field: u8::try_from(field).ok(), ..self }
    }

    /// The same, known of one variant only.
    pub const fn within(self, variant: Variant) -> Mark {
        Mark { within: Some(variant), field: None, ..self }
    }
}

/// A call in the program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Site {
    /// The instance it stands in.
    pub instance: InstanceId,
    /// The call.
    pub expr: ExprId,
}

/// Marks of one node beyond this many say nothing new.
const MOST_MARKS: usize = 40;

impl Ty {
    /// A type without arguments.
    pub const fn new(head: Head) -> Ty {
        Ty { head, args: None, marks: None }
    }

    /// A type with arguments.
    pub fn with(head: Head, args: Vec<Ty>) -> Ty {
        let args = (!args.is_empty()).then(|| Arc::new(args));
        Ty { head, args, marks: None }
    }

    /// Nothing known.
    pub const UNKNOWN: Ty = Ty::new(Head::Unknown);
    /// Of an expression that never yields a value.
    pub const NEVER: Ty = Ty::new(Head::Never);
    /// `()`
    pub const UNIT: Ty = Ty::new(Head::Tuple);

    /// A type of another crate.
    pub fn external(path: Sym, args: Vec<Ty>) -> Ty {
        Ty::with(Head::External(path), args)
    }

    /// Its arguments.
    pub fn args(&self) -> &[Ty] {
        self.args.as_ref().map(|args| args.as_slice()).unwrap_or_default()
    }

    /// One of its arguments.
    pub fn arg(&self, index: usize) -> Ty {
        self.args().get(index).cloned().unwrap_or(Ty::UNKNOWN)
    }

    /// What is known of the value.
    pub fn marks(&self) -> &[Mark] {
        self.marks.as_ref().map(|marks| marks.as_slice()).unwrap_or_default()
    }

    /// Whether it carries as many marks as there can be: others may have been left out.
    pub fn is_crowded(&self) -> bool {
        self.marks().len() >= MOST_MARKS
    }

    /// Whether nothing is known, not even a mark.
    pub fn is_blank(&self) -> bool {
        self.head == Head::Unknown && self.marks.is_none()
    }

    /// Whether nothing is known of the type.
    pub fn is_unknown(&self) -> bool {
        self.head == Head::Unknown
    }

    /// The path of a type of another crate.
    pub fn external_path(&self) -> Option<Sym> {
        if let Head::External(path) = self.head { Some(path) } else { None }
    }

    /// Whether it is a type of another crate with this path.
    pub fn is_external(&self, path: Sym) -> bool {
        self.head == Head::External(path)
    }

    /// The same with more marks on its outermost node.
    pub fn marked(mut self, more: &[Mark]) -> Ty {
        if more.iter().all(|mark| self.marks().contains(mark)) {
            return self;
        }
        let mut marks: Vec<Mark> = self.marks().to_vec();
        marks.extend(more.iter().filter(|mark| !self.marks().contains(mark)));
        marks.sort_unstable();
        marks.dedup();
        if marks.len() > MOST_MARKS {
            marks.sort_unstable_by_key(|mark| (mark.is_failure(), *mark));
            marks.truncate(MOST_MARKS);
            marks.sort_unstable();
        }
        self.marks = Some(Arc::new(marks));
        self
    }

    /// The error in something that has failed: what is known of the failure is known of the error, unless more is.
    pub fn of_failure(self, failed: &Ty) -> Ty {
        let new: Vec<Mark> = failed
            .marks()
            .iter()
            .filter(|mark| !self.marks().iter().any(|held| held.what == mark.what))
            .map(|mark| mark.anywhere())
            .collect();
        self.marked(&new)
    }

    /// The same without marks on its outermost node.
    pub fn unmarked(mut self) -> Ty {
        self.marks = None;
        self
    }

    /// The same with other arguments.
    pub fn with_args(mut self, args: Vec<Ty>) -> Ty {
        self.args = (!args.is_empty()).then(|| Arc::new(args));
        self
    }

    /// Applies a function to every node, from the inside out.
    pub fn map(&self, change: &mut impl FnMut(Ty) -> Ty) -> Ty {
        let args: Vec<Ty> = self.args().iter().map(|arg| arg.map(change)).collect();
        change(self.clone().with_args(args))
    }

    /// Calls a function with every node, from the outside in.
    pub fn visit(&self, look: &mut impl FnMut(&Ty)) {
        look(self);
        self.args().iter().for_each(|arg| arg.visit(look));
    }

    /// Whether a node meets a condition.
    pub fn any(&self, meets: &impl Fn(&Ty) -> bool) -> bool {
        meets(self) || self.args().iter().any(|arg| arg.any(meets))
    }

    fn holds_text(&self) -> bool {
        self.any(&|node| node.marks().iter().any(|mark| mark.is_text()))
    }

    /// The texts of errors that are in its parts.
    fn texts_inside(&self) -> Vec<Mark> {
        let mut texts = Vec::new();
        let mut look = |node: &Ty| texts.extend(node.marks().iter().filter(|mark| mark.is_text()).copied());
        self.args().iter().for_each(|arg| arg.visit(&mut look));
        texts
    }

    /// The type with parameters replaced.
    pub fn substitute(&self, params: &[(Sym, Ty)]) -> Ty {
        if params.is_empty() || !self.any(&|ty| matches!(ty.head, Head::Param(_))) {
            return self.clone();
        }
        self.map(&mut |ty| match ty.head {
            Head::Param(name) => match params.iter().find(|(param, _)| *param == name) {
                Some((_, replacement)) => replacement.clone().marked(ty.marks()),
                None => ty,
            },
            _ => ty,
        })
    }

    /// What a value is that is one of two: what both agree on, with the marks of both.
    pub fn join(&self, other: &Ty) -> Ty {
        match (self.head, other.head) {
            (Head::Never, _) => return other.clone(),
            (_, Head::Never) => return self.clone(),
            (Head::Unknown, _) => return other.clone().marked(self.marks()),
            (_, Head::Unknown) => return self.clone().marked(other.marks()),
            _ => {}
        }
        if self.head != other.head {
            // `(status, text).into_response()` beside `status.into_response()`: what is in a part of the one that is not
            // kept is still in the value.
            let joined = self.clone().marked(other.marks());
            return match other.head == Head::Tuple && other.args().iter().any(Ty::holds_text) {
                true => joined.marked(&other.texts_inside()),
                false => joined,
            };
        }
        let same = match (&self.args, &other.args) {
            (Some(left), Some(right)) => Arc::ptr_eq(left, right),
            (left, right) => left.is_none() && right.is_none(),
        };
        if same {
            return self.clone().marked(other.marks());
        }
        let longer = if self.args().len() >= other.args().len() { self } else { other };
        let args = (0..longer.args().len()).map(|index| match (self.args().get(index), other.args().get(index)) {
            (Some(left), Some(right)) => left.join(right),
            (left, right) => left.or(right).cloned().unwrap_or(Ty::UNKNOWN),
        });
        longer.clone().with_args(args.collect()).marked(self.marks()).marked(other.marks())
    }
}
