using System.Threading.Channels;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Samples.Server;

/// <summary>
/// Collects what is asked at about the same time into one batch: a batch of 32 takes far less than 32 times as long as a single
/// picture. What comes while a batch is computed makes the next one; the first picture waits for others no longer than
/// <paramref name="maxDelay"/>.
/// </summary>
/// <param name="model">The model; used by one thread at a time.</param>
/// <param name="maxBatch">The largest batch.</param>
/// <param name="maxDelay">How long the first of a batch waits for more; nothing is gained by waiting where computing takes longer.</param>
internal sealed class BatchingPredictor(Model model, int maxBatch, TimeSpan maxDelay) : BackgroundService
{
    // What waits beyond this is better refused than answered minutes later.
    private const int BatchesThatWait = 16;

    private readonly Channel<Request> _requests = Channel.CreateBounded<Request>(maxBatch * BatchesThatWait);

    /// <summary>How many batches were computed.</summary>
    public int Batches { get; private set; }

    /// <summary>The model's output for a picture.</summary>
    /// <param name="picture">The picture, without a batch axis.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<float[]> PredictAsync(NDArray picture, CancellationToken cancellation)
    {
        var request = new Request(picture, new TaskCompletionSource<float[]>(TaskCreationOptions.RunContinuationsAsynchronously));
        await _requests.Writer.WriteAsync(request, cancellation).ConfigureAwait(false);
        return await request.Answer.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Request>(maxBatch);
        while (await _requests.Reader.WaitToReadAsync(stoppingToken).ConfigureAwait(false))
        {
            await CollectAsync(batch, stoppingToken).ConfigureAwait(false);
            Answer(batch);
            batch.Clear();
        }
    }

    private async Task CollectAsync(List<Request> batch, CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(maxDelay);
        while (batch.Count < maxBatch)
        {
            while (batch.Count < maxBatch && _requests.Reader.TryRead(out Request request))
                batch.Add(request);
            if (batch.Count == maxBatch)
                return;
            try
            {
                if (!await _requests.Reader.WaitToReadAsync(patience.Token).ConfigureAwait(false))
                    return;
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                // The first of them has waited long enough.
                return;
            }
        }
    }

    private void Answer(List<Request> batch)
    {
        if (batch.Count == 0)
            return;
        try
        {
            Shape picture = batch[0].Picture.Shape;
            NDArray x = NDArray.Empty(picture.Prepend(batch.Count), batch[0].Picture.DType);
            for (int i = 0; i < batch.Count; i++)
                batch[i].Picture.Bytes.CopyTo(x.Bytes[(i * batch[i].Picture.Bytes.Length)..]);
            float[] y = model.Predict(x).ToFloats();
            Batches++;
            int each = y.Length / batch.Count;
            for (int i = 0; i < batch.Count; i++)
                batch[i].Answer.SetResult(y[(i * each)..((i + 1) * each)]);
        }
        catch (Exception error)
        {
            // Whatever went wrong is the answer to these requests; the next batch may fare better.
            foreach (Request request in batch)
                _ = request.Answer.TrySetException(error);
        }
    }

    private readonly record struct Request(NDArray Picture, TaskCompletionSource<float[]> Answer);
}
