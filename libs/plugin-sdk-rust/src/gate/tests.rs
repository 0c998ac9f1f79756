use std::future::pending;

use tokio::join;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

async fn close(gate: &Gate, limit: Duration) -> Drained {
    gate.close();
    gate.drain(limit).await
}

#[tokio::test]
async fn calls_finish_or_are_aborted_and_new_ones_turned_away() {
    let (gate, release) = (Gate::default(), Notify::new());
    let (finishes, stuck, drained, ()) = join!(
        gate.pass(release.notified()),
        gate.pass(pending::<()>()),
        close(&gate, Duration::from_millis(50)),
        async { release.notify_one() },
    );
    let expected = Drained {
        finished: 1,
        aborted: 1,
    };
    assert_eq!((finishes, stuck, drained), (Ok(()), Err(ABORTED), expected));
    assert_eq!(gate.pass(async {}).await, Err(CLOSED));
    gate.open();
    assert_eq!(gate.pass(async {}).await, Ok(()));
}

#[tokio::test]
async fn drains_at_once_have_the_same_answer() {
    let (gate, release) = (Gate::default(), Notify::new());
    let (_, first, second, ()) = join!(
        gate.pass(release.notified()),
        close(&gate, HOUR),
        close(&gate, HOUR),
        async { release.notify_one() },
    );
    assert_eq!((first.finished, first.aborted), (1, 0));
    assert_eq!(first, second);
}

#[tokio::test]
async fn opening_ends_a_drain_and_calls_go_on() {
    let (gate, release) = (Gate::default(), Notify::new());
    let drain = async {
        let drained = close(&gate, HOUR).await;
        release.notify_one();
        drained
    };
    let (call, drained, ()) = join!(gate.pass(release.notified()), drain, async { gate.open() });
    assert_eq!((call, drained.finished, drained.aborted), (Ok(()), 0, 0));
}

#[tokio::test]
async fn a_call_whose_client_went_away_is_in_flight_no_more() {
    let gate = Gate::default();
    let gone = timeout(Duration::ZERO, gate.pass(pending::<()>())).await;
    assert!(gone.is_err());
    assert_eq!(gate.in_flight(), 0);
}
