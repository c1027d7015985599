//! An upload may take long, as long as it moves: whoever sends a byte now and then, or has gone away without a word, does
//! not keep a place and what has come so far.

use std::time::Duration;

use axum::body::{Body, Bytes};
use futures::{StreamExt as _, stream};
use tokio::time::{Instant, timeout};

use super::streamed;

/// Bytes that must come for the wait to begin anew: the slowest of lines brings them in a few seconds.
const STEP: usize = 16_384;

/// The client sent next to nothing for too long.
#[derive(Debug)]
pub(super) struct Stalled;

impl std::fmt::Display for Stalled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the body stopped coming")
    }
}

impl std::error::Error for Stalled {}

/// The same body, which breaks off where fewer than [`STEP`] bytes come in `wait`. Only the time counts for which we waited
/// for the client, not what we took for ourselves.
pub(super) fn paced(body: Body, wait: Duration) -> Body {
    let begin = (body.into_data_stream(), wait, 0);
    streamed(stream::unfold(Some(begin), move |place| async move {
        let (mut pieces, left, come) = place?;
        let asked = Instant::now();
        match timeout(left, pieces.next()).await {
            Err(_) => Some((Err(axum::Error::new(Stalled)), None)),
            Ok(None) => None,
            Ok(Some(Err(error))) => Some((Err(error), None)),
            Ok(Some(Ok(piece))) => {
                let come = come + Bytes::len(&piece);
                let next = if come < STEP { (pieces, left.saturating_sub(asked.elapsed()), come) } else { (pieces, wait, 0) };
                Some((Ok(piece), Some(next)))
            }
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body that sends so much every thirtieth of a second.
    fn sending(bytes: usize, times: usize) -> Body {
        Body::from_stream(stream::iter(0..times).then(move |_| async move {
            tokio::time::sleep(Duration::from_millis(33)).await;
            Ok::<_, std::convert::Infallible>(vec![b'x'; bytes])
        }))
    }

    #[tokio::test]
    async fn an_upload_that_hardly_moves_is_let_go_and_a_slow_one_is_not() {
        let take = |body| axum::body::to_bytes(paced(body, Duration::from_millis(300)), usize::MAX);
        assert_eq!(take(sending(8_192, 15)).await.unwrap().len(), 122_880);
        assert_eq!(take(sending(10, 4)).await.unwrap().len(), 40, "a small file is there in time");
        let error = take(sending(10, 100)).await.unwrap_err();
        let (mut causes, mut next) = (Vec::new(), Some(&error as &dyn std::error::Error));
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        assert!(causes.iter().any(|cause| cause == "the body stopped coming"), "{causes:?}");
        assert!(take(Body::from_stream(stream::pending::<Result<Bytes, axum::Error>>())).await.is_err());
    }
}
