using System.Collections;
using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Training that an exception ends: what callbacks hold is given back, and the exception is the one that was thrown.</summary>
public sealed class FailedTrainingTests : IDisposable
{
    private static readonly NDArray s_x = new float[,] { { 1 }, { 1 }, { 1 } };
    private static readonly NDArray s_y = new float[,] { { 2 }, { 2 }, { 2 } };

    private readonly string _folder = Directory.CreateTempSubdirectory("numerics-failed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_are_closed_when_the_data_fails()
    {
        string csv = Path.Combine(_folder, "log.csv"), board = Path.Combine(_folder, "board"), late = Path.Combine(_folder, "late.csv");
        var failure = new InvalidDataException("the third batch is damaged");
        var told = new Told();
        var open = new LambdaCallback(onTrainBatchEnd: (_, _) => Assert.True(IsOpen(csv) && IsOpen(late)));
        using var model = Model();
        Assert.Same(failure, Assert.Throws<InvalidDataException>(() => model.Fit(
            new FailingSource(2, failure), epochs: 2, callbacks: [new CSVLogger(csv), new TensorBoard(board), told, open, new CSVLogger(late)], verbose: 0)));
        Assert.Equal([failure], told.Failures);
        Assert.Equal(["begin", "failed"], told.Calls);
        string[] files = [csv, late, .. Directory.EnumerateFiles(board, "*", SearchOption.AllDirectories)];
        Assert.True(files.Length > 2);
        Assert.All(files, file => Assert.False(IsOpen(file), file));
    }

    [Fact]
    public void A_callback_that_fails_at_the_beginning_closes_those_before_it()
    {
        string csv = Path.Combine(_folder, "log.csv");
        var failure = new InvalidOperationException("not today");
        using var model = Model();
        Assert.Same(failure, Assert.Throws<InvalidOperationException>(() => model.Fit(
            s_x, s_y, callbacks: [new CSVLogger(csv), new LambdaCallback(onTrainBegin: () => throw failure)], verbose: 0)));
        Assert.False(IsOpen(csv));
    }

    [Fact]
    public void A_callback_that_fails_after_a_failure_keeps_nobody_from_giving_back()
    {
        string csv = Path.Combine(_folder, "log.csv");
        Exception first = new InvalidDataException("first"), second = new InvalidOperationException("second");
        using var model = Model();
        var error = Assert.Throws<AggregateException>(() => model.Fit(
            new FailingSource(1, first), callbacks: [new Told { WhenFailed = second }, new CSVLogger(csv)], verbose: 0));
        Assert.Equal([first, second], error.InnerExceptions);
        Assert.False(IsOpen(csv));
    }

    [Fact]
    public void A_callback_that_fails_when_training_is_cancelled_keeps_nobody_from_giving_back()
    {
        string csv = Path.Combine(_folder, "log.csv");
        var failure = new IOException("the state cannot be written");
        var told = new Told { WhenInterrupted = failure };
        using var cancellation = new CancellationTokenSource();
        using var model = Model();
        Assert.Same(failure, Assert.Throws<IOException>(() => model.Fit(
            s_x, s_y, batchSize: 1, callbacks: [told, new CSVLogger(csv), new LambdaCallback(onTrainBatchEnd: (_, _) => cancellation.Cancel())], verbose: 0,
            cancellationToken: cancellation.Token)));
        Assert.Equal(["begin", "interrupted", "failed"], told.Calls);
        Assert.False(IsOpen(csv));
    }

    [Fact]
    public void Nobody_is_told_of_a_failure_when_training_ends_or_is_cancelled()
    {
        var told = new Told();
        using var cancellation = new CancellationTokenSource();
        using var model = Model();
        _ = model.Fit(s_x, s_y, callbacks: [told], verbose: 0);
        Assert.Equal(["begin", "end"], told.Calls);
        told.Calls.Clear();
        cancellation.Cancel();
        _ = Assert.Throws<OperationCanceledException>(() => model.Fit(s_x, s_y, callbacks: [told], verbose: 0, cancellationToken: cancellation.Token));
        Assert.Equal(["begin", "interrupted"], told.Calls);
    }

    [Fact]
    public void A_disk_that_is_full_is_one_error()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var model = Model();
        var error = Assert.Throws<IOException>(() => model.Fit(s_x, s_y, callbacks: [new CSVLogger("/dev/full")], verbose: 0));
        Assert.Contains("/dev/full", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Logs_are_there_again_after_a_failure_between_them()
    {
        using Sequential model = Model(stepsPerExecution: 8);
        _ = Assert.Throws<InvalidDataException>(() => model.Fit(new FailingSource(2, new InvalidDataException()), verbose: 0));
        Assert.Contains("loss", model.TrainOnBatch(s_x, s_y).Keys);
    }

    [Fact]
    public void A_bar_is_left_and_begun_anew()
    {
        var writer = new StringWriter();
        var bar = new ProgbarLogger(1, writer, isTerminal: true);
        using var model = Model();
        _ = Assert.Throws<InvalidDataException>(() => model.Fit(new FailingSource(2, new InvalidDataException()), callbacks: [bar], verbose: 0));
        Assert.EndsWith("\n", writer.ToString(), StringComparison.Ordinal);
        _ = writer.GetStringBuilder().Clear();
        _ = model.Evaluate(s_x, s_y, callbacks: [bar]);
        Assert.Contains("loss", writer.ToString(), StringComparison.Ordinal);
    }

    private static Sequential Model(int stepsPerExecution = 1)
    {
        var model = new Sequential { new Input(1), new Dense(1) };
        model.Compile(new SGD(0.1f), new MeanSquaredError(), stepsPerExecution: stepsPerExecution);
        return model;
    }

    private static bool IsOpen(string path)
    {
        if (OperatingSystem.IsLinux())
            return Directory.EnumerateFileSystemEntries("/proc/self/fd").Any(handle => new FileInfo(handle).LinkTarget == path);
        try
        {
            File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Some batches, then an exception.</summary>
    private sealed class FailingSource(int batches, Exception failure) : IDataSource
    {
        public int? Cardinality => null;

        public IEnumerator<DataItem> GetEnumerator()
        {
            for (int i = 0; i < batches; i++)
                yield return new DataItem(s_x, s_y);
            throw failure;
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>Notes how training begins and ends.</summary>
    private sealed class Told : Callback
    {
        public List<string> Calls { get; } = [];

        public List<Exception> Failures { get; } = [];

        public Exception? WhenFailed { get; init; }

        public Exception? WhenInterrupted { get; init; }

        public override void OnTrainBegin() => Calls.Add("begin");

        public override void OnTrainEnd() => Calls.Add("end");

        public override void OnTrainInterrupted()
        {
            Calls.Add("interrupted");
            if (WhenInterrupted is not null)
                throw WhenInterrupted;
        }

        public override void OnTrainFailed(Exception error)
        {
            Calls.Add("failed");
            Failures.Add(error);
            if (WhenFailed is not null)
                throw WhenFailed;
        }
    }
}
