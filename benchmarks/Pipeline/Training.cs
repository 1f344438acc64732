using System.Collections.Concurrent;
using System.Diagnostics;
using Numerics.Data;
using Numerics.Nn;
using Numerics.Samples.CatsVsDogs;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Pipeline;

/// <summary>How long the trainer waits for its data, and epochs beside steps on one batch that is there already.</summary>
internal static class Training
{
    private const int BatchSize = 32, Epochs = 3;

    public static void Run(string folder)
    {
        ImageDataset pictures = ImageDataset.FromDirectory(folder, (224, 224), seed: 1);
        using Sequential model = Network.Create();
        Network.Compile(model);
        string cacheFile = Path.Combine(Path.GetTempPath(), $"numerics-{Guid.NewGuid():N}.cache");
        try
        {
            Measure(model, "cache in memory", pictures.Cache());
            Measure(model, "cache in a file", pictures.Cache(cacheFile));
            Measure(model, "no cache", pictures);
        }
        finally
        {
            File.Delete(cacheFile);
        }
    }

    private static void Measure(Sequential model, string name, Dataset items)
    {
        // When each batch of an epoch was ready. Prefetch asks for them on one thread, in order.
        var ready = new ConcurrentQueue<long>();
        Dataset batched = items.Shuffle(1000, seed: 1).Batch(BatchSize, dropRemainder: true);
        DataItem fixedBatch = batched.First();
        Dataset data = batched.Map(batch =>
        {
            ready.Enqueue(Stopwatch.GetTimestamp());
            return batch;
        }).Prefetch();
        double bare = Bare(model, fixedBatch);
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            int steps = 0, waits = 0;
            double waited = 0;
            ready.Clear();
            long started = Stopwatch.GetTimestamp();
            using (IEnumerator<DataItem> batches = data.Enumerate(epoch))
            {
                while (true)
                {
                    long before = Stopwatch.GetTimestamp();
                    if (!batches.MoveNext())
                        break;
                    double wait = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
                    waited += wait;
                    _ = ready.TryDequeue(out long readyAt);
                    waits += readyAt > before ? 1 : 0;
                    _ = model.TrainOnBatch(batches.Current.X, batches.Current.Y);
                    steps++;
                }
            }

            double total = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            double after = Bare(model, fixedBatch);
            Console.WriteLine(
                $"{name,-16} epoch {epoch}: {steps} steps, {total / steps:F1} ms a step, bare step {Math.Min(bare, after):F1} to {Math.Max(bare, after):F1} ms; "
                + $"the next batch was not ready in {waits} steps ({100.0 * waits / steps:F1} %); asking took {100 * waited / total:F1} % of the time");
            bare = after;
        }
    }

    private static double Bare(Sequential model, DataItem batch)
    {
        const int Steps = 12;
        double[] times = new double[Steps];
        for (int i = 0; i < Steps; i++)
        {
            long started = Stopwatch.GetTimestamp();
            _ = model.TrainOnBatch(batch.X, batch.Y);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[Steps / 2];
    }
}
