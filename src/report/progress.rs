//! The line of progress on a terminal: only where a run takes long, and gone when it ends.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Terminal;
use crate::cli::Verbosity;
use crate::progress::Progress;

/// What takes less time needs no progress.
const DELAY: Duration = Duration::from_millis(500);
/// How often it is drawn.
const EVERY: Duration = Duration::from_millis(100);

/// A line that is drawn by a thread of its own until this is dropped.
pub struct ProgressLine {
    /// `None` once it has ended.
    drawing: Option<(Sender<()>, JoinHandle<()>)>,
}

impl ProgressLine {
    /// Draws, if somebody looks at standard error and wants to hear of more than findings.
    pub fn start(progress: &Arc<Progress>, terminal: &Terminal<'_>) -> ProgressLine {
        if !terminal.environment.shows_progress || terminal.verbosity == Verbosity::Quiet {
            return ProgressLine { drawing: None };
        }
        ProgressLine::draw(progress, ProgressDrawTarget::stderr(), DELAY)
    }

    fn draw(progress: &Arc<Progress>, target: ProgressDrawTarget, delay: Duration) -> ProgressLine {
        let progress = Arc::clone(progress);
        let (sender, end) = channel();
        let goes_on = move |time: Duration| end.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
        let thread = spawn(move || {
            if !goes_on(delay) {
                return;
            }
            let bar = ProgressBar::with_draw_target(None, target);
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                bar.set_style(style);
            }
            loop {
                bar.set_message(progress.text());
                bar.tick();
                if !goes_on(EVERY) {
                    break;
                }
            }
            bar.finish_and_clear();
        });
        ProgressLine { drawing: Some((sender, thread)) }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.drawing.take() {
            drop(sender);
            // A line that could not be drawn is no reason to fail.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Mutex, PoisonError};

    use indicatif::TermLike;

    use super::*;
    use crate::progress::Stage;

    /// What a terminal is told; `<erase>` for a line that is erased.
    #[derive(Clone, Debug, Default)]
    struct Recorder(Arc<Mutex<String>>);

    impl Recorder {
        fn add(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
            Ok(())
        }

        fn text(&self) -> String {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
        }
    }

    impl TermLike for Recorder {
        fn width(&self) -> u16 {
            80
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.add(text)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.add(text)
        }
        fn clear_line(&self) -> io::Result<()> {
            self.add("<erase>")
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn target(recorder: &Recorder) -> ProgressDrawTarget {
        ProgressDrawTarget::term_like(Box::new(recorder.clone()))
    }

    #[test]
    fn a_long_run_is_drawn_and_erased() {
        let (recorder, progress) = (Recorder::default(), Arc::new(Progress::default()));
        progress.begin(Stage::Sources);
        progress.count();
        let line = ProgressLine::draw(&progress, target(&recorder), Duration::ZERO);
        while !recorder.text().contains("reading 1 files") {
            std::thread::yield_now();
        }
        drop(line);
        let (_, behind) =
            recorder.text().rsplit_once("files").map(|(a, b)| (a.to_owned(), b.to_owned())).expect("drawn");
        assert!(behind.contains("<erase>"), "{behind:?}");
    }

    #[test]
    fn a_short_run_is_not() {
        let (recorder, progress) = (Recorder::default(), Arc::new(Progress::default()));
        drop(ProgressLine::draw(&progress, target(&recorder), DELAY));
        assert_eq!(recorder.text(), "");
    }
}
