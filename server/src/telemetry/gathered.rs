//! Lines about answered requests are gathered for a moment and written together: one system call for many of them.
//!
//! Every other line is written at once, after those that came before it. A process that is killed may so lose the last
//! moment of its access log, and nothing else.

use std::io::{self, Write};
use std::sync::Arc;
use std::thread::{self, Thread};
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

use super::shards::{SHARDS, Shard, own};

/// The targets of the lines that can wait.
pub const PATIENT: [&str; 2] = ["server::http::trace", super::CLEAN];
/// How long they wait at most.
const LONGEST: Duration = Duration::from_millis(100);
/// How many bytes of them a thread gathers at most.
const MOST: usize = 32 << 10;

/// Gathers lines for a writer; clones share what is gathered.
#[derive(Clone, Debug)]
pub struct Gathered<W> {
    shared: Arc<Shared<W>>,
    /// Whoever writes what has waited long enough.
    writing: Thread,
}

#[derive(Debug)]
struct Shared<W> {
    lines: [Shard<Vec<u8>>; SHARDS],
    make: W,
}

impl<W> Gathered<W>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    /// Starts to gather for `make`, with a thread that writes what has waited long enough.
    pub fn new(make: W) -> io::Result<Self> {
        let lines = [const { Shard::new(Vec::new()) }; SHARDS];
        let shared = Arc::new(Shared { lines, make });
        let own = shared.clone();
        let writing = thread::Builder::new().name("log".to_owned()).spawn(move || own.write_now_and_then())?;
        Ok(Self { shared, writing: writing.thread().clone() })
    }

    /// Writes what is gathered.
    pub fn write_out(&self) {
        self.shared.write_all_out();
    }
}

impl<W> Shared<W>
where
    W: for<'a> MakeWriter<'a>,
{
    fn write_all_out(&self) {
        for lines in &self.lines {
            self.write_out(&mut lines.lock());
        }
    }

    fn write_out(&self, lines: &mut Vec<u8>) {
        if !lines.is_empty() {
            // There is nowhere to tell that a line cannot be written.
            let _ = self.make.make_writer().write_all(lines);
            lines.clear();
        }
    }

    fn write_now_and_then(&self) {
        loop {
            // Until there is a line, or for no reason.
            thread::park();
            thread::sleep(LONGEST);
            self.write_all_out();
        }
    }
}

impl<'a, W> MakeWriter<'a> for Gathered<W>
where
    W: for<'b> MakeWriter<'b> + 'static,
{
    type Writer = Line<'a, W>;

    fn make_writer(&'a self) -> Self::Writer {
        Line { gathered: self, at_once: true }
    }

    fn make_writer_for(&'a self, about: &Metadata<'_>) -> Self::Writer {
        Line { gathered: self, at_once: !PATIENT.contains(&about.target()) || *about.level() <= Level::WARN }
    }
}

/// Takes one line.
#[derive(Debug)]
pub struct Line<'a, W> {
    gathered: &'a Gathered<W>,
    at_once: bool,
}

impl<W> Write for Line<'_, W>
where
    W: for<'b> MakeWriter<'b>,
{
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let Gathered { shared, writing } = self.gathered;
        if self.at_once {
            // What waits came before.
            shared.write_all_out();
        }
        let mut lines = own(&shared.lines).lock();
        let is_first = lines.is_empty();
        lines.extend_from_slice(line);
        if self.at_once || lines.len() >= MOST {
            shared.write_out(&mut lines);
        } else if is_first {
            writing.unpark();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<String>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().push(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Written {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    fn text(written: &Written) -> String {
        written.0.lock().unwrap().concat()
    }

    #[test]
    fn nothing_is_lost_and_the_order_stays() {
        let written = Written::default();
        let gathered = Gathered::new(written.clone()).unwrap();
        let lines = tracing_subscriber::fmt::layer().with_writer(gathered.clone()).without_time().with_ansi(false);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), || {
            for i in 0..1000 {
                tracing::info!(target: "server::http::trace", i, "answered");
            }
            let writes = written.0.lock().unwrap().len();
            assert!(writes < 100, "{writes} writes for 1000 lines");
            tracing::info!("published");
            assert!(text(&written).ends_with("published\n"), "others are written at once, after those that waited");
            tracing::info!(target: "server::http::trace", "answered");
            tracing::error!(target: "server::http::trace", "answered badly");
            assert!(text(&written).ends_with("answered badly\n"));
            tracing::info!(target: "server::http::trace", "the last");
        });
        gathered.write_out();
        let all = text(&written);
        let numbers: Vec<usize> = all.lines().filter_map(|l| l.split("i=").nth(1)?.parse().ok()).collect();
        assert_eq!(numbers, (0..1000).collect::<Vec<_>>());
        assert!(all.ends_with("the last\n"));
    }

    #[test]
    fn what_several_threads_gather_is_written_whole_and_waits_for_nothing_that_cannot() {
        let written = Written::default();
        let gathered = Gathered::new(written.clone()).unwrap();
        let lines = tracing_subscriber::fmt::layer().with_writer(gathered).without_time().with_ansi(false);
        let dispatch = tracing::Dispatch::new(tracing_subscriber::registry().with(lines));
        let answers = |thread: usize| {
            let dispatch = dispatch.clone();
            thread::spawn(move || {
                tracing::dispatcher::with_default(&dispatch, || {
                    for i in 0..500 {
                        tracing::info!(target: "server::http::trace", thread, i, "answered");
                    }
                });
            })
        };
        let threads: Vec<_> = (0..2 * SHARDS).map(answers).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        tracing::dispatcher::with_default(&dispatch, || tracing::info!("published"));
        let all = text(&written);
        assert!(all.ends_with("published\n"), "after all that waited");
        for thread in 0..2 * SHARDS {
            let own = all.lines().filter(|line| line.contains(&format!("thread={thread} ")));
            let numbers: Vec<usize> = own.filter_map(|line| line.split("i=").nth(1)?.parse().ok()).collect();
            assert_eq!(numbers, (0..500).collect::<Vec<_>>());
        }
    }
}
