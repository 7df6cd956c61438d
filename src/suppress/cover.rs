//! Which of many spans lie around another one.

use crate::source::Span;

/// Spans in the order of their starts, as a tree that says how far any run of them reaches.
pub(super) struct Cover {
    /// With the number of each.
    spans: Vec<(Span, usize)>,
    /// How far the spans of a node reach: node 1 is all of them, and the nodes below node `n` are `2n` and `2n + 1`.
    reach: Vec<u32>,
}

impl Cover {
    pub(super) fn new(spans: &[Span]) -> Cover {
        let mut spans: Vec<(Span, usize)> = spans.iter().copied().zip(0..).collect();
        spans.sort_unstable();
        let leaves = spans.len().next_power_of_two();
        let mut reach = vec![0; 2 * leaves];
        for (index, (span, _)) in spans.iter().enumerate() {
            reach[leaves + index] = span.end;
        }
        for node in (1..leaves).rev() {
            reach[node] = reach[2 * node].max(reach[2 * node + 1]);
        }
        Cover { spans, reach }
    }

    /// Tells the number of every span that another one lies within.
    pub(super) fn each_around(&self, inner: Span, tell: &mut impl FnMut(usize)) {
        let starts_before = self.spans.partition_point(|(span, _)| span.start <= inner.start);
        self.search(1, self.reach.len() / 2, 0, starts_before, inner.end, tell);
    }

    /// Looks below a node, whose spans are `width` from `first` on, for those before `last` that reach `end`.
    fn search(&self, node: usize, width: usize, first: usize, last: usize, end: u32, tell: &mut impl FnMut(usize)) {
        if first >= last || self.reach[node] < end {
            return;
        }
        if width == 1 {
            tell(self.spans[first].1);
            return;
        }
        let half = width / 2;
        self.search(2 * node, half, first, last, end, tell);
        self.search(2 * node + 1, half, first + half, last, end, tell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_around_another() {
        let around = |spans: &[(u32, u32)], inner: (u32, u32)| {
            let spans: Vec<Span> = spans.iter().map(|(start, end)| Span::new(*start, *end)).collect();
            let mut found = Vec::new();
            Cover::new(&spans).each_around(Span::new(inner.0, inner.1), &mut |number| found.push(number));
            found.sort_unstable();
            found
        };
        let spans = [(5, 9), (0, 20), (6, 7), (6, 30), (10, 12)];
        assert_eq!(around(&spans, (6, 7)), [0, 1, 2, 3]);
        assert_eq!(around(&spans, (7, 12)), [1, 3]);
        assert_eq!(around(&spans, (20, 31)), [0_usize; 0]);
        assert_eq!(around(&[], (0, 0)), [0_usize; 0]);
        assert_eq!(around(&[(0, 4)], (0, 4)), [0]);
    }
}
