use super::explanation::Explanation;
use super::recorder::Recorder;
use crate::Error;
use futures::future::BoxFuture;
use std::future::IntoFuture;

/// An operation that explains itself: awaited, it gives its result and an [`Explanation`] beside it, of a failure as
/// well.
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Explained<O>(O);

impl<O> Explained<O> {
    /// The same operation, explained. The operations have `explained()`, which is this.
    pub fn new(operation: O) -> Self {
        Self(operation)
    }
}

impl<'a, T, O> IntoFuture for Explained<O>
where
    T: Send + 'a,
    O: IntoFuture<Output = Result<T, Error>, IntoFuture = BoxFuture<'a, Result<T, Error>>>,
{
    type Output = (Result<T, Error>, Explanation);
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let operation = self.0.into_future();
        Box::pin(async move {
            let recorder = Recorder::new();
            let result = recorder.watch(operation).await;
            (result, recorder.finish())
        })
    }
}
