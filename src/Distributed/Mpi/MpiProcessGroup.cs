using System.Globalization;
using System.Text;
using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>
/// The processes that a launcher of MPI started, over the MPI library that is installed: Open MPI, MPICH or one with MPICH's binary
/// interface, found and told apart at run time (<see cref="MpiLibrary"/>). One a process: MPI cannot be started twice.
/// </summary>
public sealed unsafe class MpiProcessGroup : HostProcessGroup
{
    // MPI_THREAD_FUNNELED, in both binary interfaces: the one thread that started MPI makes all calls.
    private const int Funneled = 1;

    private const int Eager = 100;
    private const uint PauseMicroseconds = 20;

    private readonly MpiKind _kind;
    private readonly MpiHandles _mpi;
    private readonly MpiLaunch? _launch;
    private int _rank;
    private int _size;
    private string _version = "";
    private volatile int _abort = -1;
    private int[] _counts = [];
    private int[] _places = [];

    /// <summary>Starts MPI.</summary>
    /// <exception cref="BackendUnavailableException">There is no MPI; the message says what was tried.</exception>
    /// <exception cref="ProcessGroupException">MPI cannot start, or is another one than the launcher's.</exception>
    public MpiProcessGroup()
    {
        _kind = MpiLibrary.Load();
        _mpi = MpiHandles.Of(_kind);
        _launch = MpiLaunch.Detect();
        Start(Initialize);
    }

    /// <inheritdoc/>
    public override int Rank => _rank;

    /// <inheritdoc/>
    public override int Size => _size;

    /// <summary>Whose binary interface the library has.</summary>
    public MpiKind Kind => _kind;

    /// <inheritdoc/>
    public override string Description => string.Create(CultureInfo.InvariantCulture, $"{_size} processes, {_version} ({MpiLibrary.Path})");

    /// <inheritdoc/>
    public override void Abort(int exitCode = 1)
    {
        // MPI is called by its own thread, which may wait for a process that has ended.
        _abort = exitCode;
        try
        {
            RunSoon(() => _ = MpiCalls.MPI_Abort(_mpi.World, exitCode));
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        Thread.Sleep(TimeSpan.FromSeconds(1));
        Environment.Exit(exitCode);
    }

    /// <inheritdoc/>
    protected override void BarrierCore()
    {
        nint request;
        Check(MpiCalls.MPI_Ibarrier(_mpi.World, &request), nameof(MpiCalls.MPI_Ibarrier));
        Complete(&request, nameof(MpiCalls.MPI_Ibarrier));
    }

    /// <inheritdoc/>
    protected override void BroadcastCore(byte* data, long length, int root)
    {
        const int Piece = 1 << 26;
        for (long start = 0; start < length; start += Piece)
        {
            nint request;
            Check(
                MpiCalls.MPI_Ibcast(data + start, (int)Math.Min(Piece, length - start), _mpi.Byte, root, _mpi.World, &request),
                nameof(MpiCalls.MPI_Ibcast));
            Complete(&request, nameof(MpiCalls.MPI_Ibcast));
        }
    }

    /// <inheritdoc/>
    protected override void AllGatherCore(byte* all, ReadOnlySpan<long> counts)
    {
        fixed (int* lengths = Lengths(counts), places = _places)
        {
            nint request;
            Check(
                MpiCalls.MPI_Iallgatherv((void*)_mpi.InPlace, 0, _mpi.Byte, all, lengths, places, _mpi.Byte, _mpi.World, &request),
                nameof(MpiCalls.MPI_Iallgatherv));
            Complete(&request, nameof(MpiCalls.MPI_Iallgatherv));
        }
    }

    /// <inheritdoc/>
    protected override void AllToAllCore(byte* send, ReadOnlySpan<long> sendCounts, byte* receive, long receiveCount)
    {
        int[] receiveCounts = new int[_size], receivePlaces = new int[_size];
        for (int i = 0; i < _size; i++)
            (receiveCounts[i], receivePlaces[i]) = (checked((int)receiveCount), checked((int)(receiveCount * i)));
        fixed (int* lengths = Lengths(sendCounts), places = _places, otherLengths = receiveCounts, otherPlaces = receivePlaces)
        {
            nint request;
            Check(
                MpiCalls.MPI_Ialltoallv(send, lengths, places, _mpi.Byte, receive, otherLengths, otherPlaces, _mpi.Byte, _mpi.World, &request),
                nameof(MpiCalls.MPI_Ialltoallv));
            Complete(&request, nameof(MpiCalls.MPI_Ialltoallv));
        }
    }

    /// <inheritdoc/>
    protected override void AllReduceCore(float* data, long count, bool maximum)
    {
        nint request;
        Check(
            MpiCalls.MPI_Iallreduce((void*)_mpi.InPlace, data, checked((int)count), _mpi.Float, maximum ? _mpi.Max : _mpi.Sum, _mpi.World, &request),
            nameof(MpiCalls.MPI_Iallreduce));
        Complete(&request, nameof(MpiCalls.MPI_Iallreduce));
    }

    /// <inheritdoc/>
    protected override void StopCore()
    {
        // Others may still be at work for long: this waits with pauses, MPI_Finalize would keep a core busy.
        BarrierCore();
        Check(MpiCalls.MPI_Finalize(), nameof(MpiCalls.MPI_Finalize));
    }

    private void Initialize()
    {
        int flag, provided, rank, size;
        Check(MpiCalls.MPI_Initialized(&flag), nameof(MpiCalls.MPI_Initialized));
        if (flag != 0)
            throw new ProcessGroupException($"MPI runs in this process already; there can be one {nameof(MpiProcessGroup)}");
        Check(MpiCalls.MPI_Init_thread(null, null, Funneled, &provided), nameof(MpiCalls.MPI_Init_thread));
        if (provided < Funneled)
            throw new ProcessGroupException($"{MpiLibrary.Path}: offers the thread level {provided}, {Funneled} (MPI_THREAD_FUNNELED) is needed; it was built without threads");
        Check(MpiCalls.MPI_Comm_set_errhandler(_mpi.World, _mpi.ErrorsReturn), nameof(MpiCalls.MPI_Comm_set_errhandler));
        Check(MpiCalls.MPI_Comm_rank(_mpi.World, &rank), nameof(MpiCalls.MPI_Comm_rank));
        Check(MpiCalls.MPI_Comm_size(_mpi.World, &size), nameof(MpiCalls.MPI_Comm_size));
        (_rank, _size) = (rank, size);
        (_counts, _places) = (new int[size], new int[size]);
        byte[] text = new byte[MpiHandles.MaxText];
        int length = 0;
        fixed (byte* pointer = text)
            Check(MpiCalls.MPI_Get_library_version(pointer, &length), nameof(MpiCalls.MPI_Get_library_version));
        _version = FirstLine(Encoding.UTF8.GetString(text, 0, length)).Replace("Version:\t", "", StringComparison.Ordinal);
        if (_launch is { } launch && launch.Size != size)
        {
            throw new ProcessGroupException(
                $"the launcher started {launch.Size} processes, but {_version} ({MpiLibrary.Path}) finds {size}: it is another MPI than the launcher's. Use its own mpirun, or name the other library in {MpiLibrary.PathVariable}");
        }
    }

    // Waits without keeping a core busy that computation needs: eager for a moment, then with pauses.
    private void Complete(nint* request, string call)
    {
        for (int tries = 0; ; tries++)
        {
            int flag;
            Check(MpiCalls.MPI_Test(request, &flag, (void*)_mpi.IgnoreStatus), call);
            if (flag != 0)
                return;
            if (_abort >= 0)
                _ = MpiCalls.MPI_Abort(_mpi.World, _abort);
            if (tries < Eager)
                _ = Thread.Yield();
            else
                _ = LibC.usleep(PauseMicroseconds);
        }
    }

    private int[] Lengths(ReadOnlySpan<long> counts)
    {
        long place = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            _counts[i] = checked((int)counts[i]);
            _places[i] = place <= int.MaxValue
                ? (int)place
                : throw new NotSupportedException($"a message of more than {int.MaxValue:N0} bytes: MPI counts with 32 bits");
            place += counts[i];
        }

        return _counts;
    }

    private static void Check(int status, string call)
    {
        if (status == 0)
            return;
        byte[] text = new byte[MpiHandles.MaxText];
        int length = 0;
        fixed (byte* pointer = text)
            _ = MpiCalls.MPI_Error_string(status, pointer, &length);
        throw new ProcessGroupException($"{call} failed: {FirstLine(Encoding.UTF8.GetString(text, 0, length))} (another process of the job may have ended)");
    }

    private static string FirstLine(string text) => text.Split('\n')[0].Split(", package")[0].TrimEnd(' ', '\t', '\r', '\0', ',');
}
