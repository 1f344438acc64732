using Numerics.CudaSimulator;
using Numerics.CudaSimulator.Memory;

namespace Numerics.Backends.Cuda.Tests;

/// <summary>The simulator finds the mistakes that it is there to find.</summary>
public sealed unsafe class SimulatedCudaApiTests : IDisposable
{
    private readonly SimulatedCudaApi _api = new();
    private readonly nint _stream;

    public SimulatedCudaApiTests()
    {
        _ = _api.RetainPrimaryContext(0);
        _stream = _api.CreateStream();
    }

    public void Dispose() => _api.Dispose();

    [Fact]
    public void A_result_read_before_waiting_is_not_there()
    {
        ulong device = _api.AllocateMemory(4);
        int* host = (int*)_api.AllocateHostMemory(4);
        _api.SetMemory(device, 42, 1, _stream);
        _api.CopyToHost((nint)host, device, 4, _stream);
        Assert.NotEqual(42, *host);
        _api.SynchronizeStream(_stream);
        Assert.Equal(42, *host);
    }

    [Fact]
    public void A_buffer_overwritten_before_the_copy_ran_sends_the_new_content()
    {
        ulong device = _api.AllocateMemory(4);
        int* host = (int*)_api.AllocateHostMemory(4);
        *host = 1;
        _api.CopyToDevice(device, (nint)host, 4, _stream);
        *host = 2;
        _api.SynchronizeStream(_stream);
        Assert.Equal(2, _api.Memory.Read<int>(device));
    }

    [Fact]
    public void Events_order_two_streams()
    {
        nint other = _api.CreateStream(), happened = _api.CreateEvent();
        ulong device = _api.AllocateMemory(4);
        _api.SetMemory(device, 1, 1, _stream);
        _api.RecordEvent(happened, _stream);
        _api.WaitForEvent(other, happened);
        _api.SetMemory(device, 2, 1, other);
        _api.SynchronizeStream(other);
        _api.SynchronizeStream(_stream);
        Assert.Equal(2, _api.Memory.Read<int>(device));
    }

    [Fact]
    public void Times_are_known_when_both_events_have_happened()
    {
        nint start = _api.CreateEvent(), end = _api.CreateEvent();
        _api.RecordEvent(start, _stream);
        _api.RecordEvent(end, _stream);
        Assert.Equal(600, Assert.Throws<CudaException>(() => _api.ElapsedMilliseconds(start, end)).Status);
        _api.SynchronizeEvent(end);
        Assert.InRange(_api.ElapsedMilliseconds(start, end), 0, 1e6f);
    }

    [Fact]
    public void A_graph_repeats_what_was_captured()
    {
        ulong device = _api.AllocateMemory(8);
        _api.SetMemory(device, 5, 1, _stream);
        _api.SetMemory(device + 4, 0, 1, _stream);
        _api.SynchronizeStream(_stream);
        _api.BeginCapture(_stream);
        _api.CopyOnDevice(device + 4, device, 4, _stream);
        Assert.Equal(900, Assert.Throws<CudaException>(() => _api.SynchronizeStream(_stream)).Status);
        nint graph = _api.EndCapture(_stream), executable = _api.InstantiateGraph(graph);
        Assert.Equal(0, _api.Memory.Read<int>(device + 4));
        _api.SetMemory(device, 7, 1, _stream);
        _api.LaunchGraph(executable, _stream);
        _api.SynchronizeStream(_stream);
        Assert.Equal(7, _api.Memory.Read<int>(device + 4));
        _api.DestroyExecutable(executable);
        _api.DestroyGraph(graph);
    }

    [Fact]
    public void Freed_memory_is_told_apart_from_wild_addresses()
    {
        ulong device = _api.AllocateMemory(256);
        _api.FreeMemory(device);
        Assert.Contains("freed", Assert.Throws<DeviceMemoryException>(() => _api.FreeMemory(device)).Message, StringComparison.Ordinal);
        Assert.Contains("freed", Assert.Throws<DeviceMemoryException>(() => _api.SetMemory(device, 0, 1, _stream)).Message, StringComparison.Ordinal);
        Assert.Contains("no allocation", Assert.Throws<DeviceMemoryException>(() => _api.SetMemory(16, 0, 1, _stream)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranges_over_the_end_are_refused_and_writes_beside_an_allocation_found()
    {
        ulong device = _api.AllocateMemory(10);
        Assert.Contains("over the end", Assert.Throws<DeviceMemoryException>(() => _api.SetMemory(device, 0, 3, _stream)).Message, StringComparison.Ordinal);
        byte* behind = _api.Memory.Pointer(device, 10) + 10;
        byte kept = *behind;
        *behind = 1;
        Assert.Contains("0 bytes behind", Assert.Throws<DeviceMemoryException>(_api.Memory.CheckGuards).Message, StringComparison.Ordinal);
        *behind = kept;
    }

    [Fact]
    public void What_is_not_given_back_is_listed()
    {
        _ = _api.AllocateMemory(10);
        _ = _api.CreateBlas();
        Assert.Contains("10 bytes of device memory", _api.Leaks);
        Assert.Equal(3, _api.Leaks.Count);
    }

    [Fact]
    public void Handles_host_memory_and_contexts_are_checked()
    {
        ulong device = _api.AllocateMemory(64);
        Assert.Equal(400, Assert.Throws<CudaException>(() => _api.SynchronizeStream(99)).Status);
        Assert.Equal(1, Assert.Throws<CudaException>(() => _api.CopyToDevice(device, 12345, 4, _stream)).Status);
        Assert.Equal(218, Status(() => _api.LoadModule("nonsense")));
        CudaException? error = null;
        var thread = new Thread(() => error = Assert.Throws<CudaException>(() => _api.AllocateMemory(4)));
        thread.Start();
        thread.Join();
        Assert.Equal(201, error!.Status);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Products_honour_every_stride(bool transposeA, bool transposeB)
    {
        (int m, int n, int k, int batch) = (5, 3, 200, 2);
        var p = new GemmProblem(
            transposeA, transposeB, m, n, k, (transposeA ? k : m) + 3, (transposeB ? n : k) + 1, m + 2, 2000, 3000, 40, batch);
        float[] a = Randoms(4000), b = Randoms(6000), c = Randoms(80);
        ulong deviceA = Upload(a), deviceB = Upload(b), deviceC = Upload(c);
        nint blas = _api.CreateBlas();
        Assert.Throws<CudaException>(() => _api.Gemm(blas, p, 2, deviceA, deviceB, 3, deviceC));
        _api.SetBlasStream(blas, _stream);
        _api.Gemm(blas, p, 2, deviceA, deviceB, 3, deviceC);
        _api.SynchronizeStream(_stream);
        float[] actual = Download(deviceC, c.Length);
        double[] expected = [.. c.Select(value => (double)value)];
        for (int i = 0; i < batch; i++)
        {
            for (int row = 0; row < m; row++)
            {
                for (int column = 0; column < n; column++)
                {
                    double sum = 0;
                    for (int l = 0; l < k; l++)
                    {
                        double left = a[(i * 2000) + (transposeA ? l + (row * (k + 3)) : row + (l * (m + 3)))];
                        double right = b[(i * 3000) + (transposeB ? column + (l * (n + 1)) : l + (column * (k + 1)))];
                        sum += left * right;
                    }

                    int at = (i * 40) + row + (column * (m + 2));
                    expected[at] = (2 * sum) + (3 * c[at]);
                }
            }
        }

        for (int i = 0; i < c.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-4);
    }

    [Fact]
    public void Products_with_leading_dimensions_too_small_are_refused()
    {
        nint blas = _api.CreateBlas();
        _api.SetBlasStream(blas, _stream);
        ulong memory = _api.AllocateMemory(1000);
        var p = new GemmProblem(false, false, 4, 3, 2, 4, 2, 4);
        Assert.Equal(7, Status(() => _api.Gemm(blas, p with { LeadingA = 3 }, 1, memory, memory, 0, memory)));
        Assert.Equal(7, Status(() => _api.Gemm(blas, p with { LeadingB = 1 }, 1, memory, memory, 0, memory)));
        Assert.Equal(7, Status(() => _api.Gemm(blas, p with { LeadingC = 3 }, 1, memory, memory, 0, memory)));
        Assert.Equal(7, Status(() => _api.Gemm(blas, p with { M = -1 }, 1, memory, memory, 0, memory)));
    }

    [Fact]
    public void Convolutions_that_contradict_themselves_are_refused()
    {
        nint dnn = _api.CreateDnn();
        _api.SetDnnStream(dnn, _stream);
        ulong memory = _api.AllocateMemory(1 << 16);
        var c = new DnnConvolution(1, 5, 5, 2, 4, 3, 3, 5, 5, 1, 1, 1, 1, 1, 1, 1);
        DnnAlgorithm first = _api.GetAlgorithms(dnn, DnnDirection.Forward, c)[0];
        _api.ConvolutionForward(dnn, c, first, memory, memory + 4096, memory + 8192, memory + 16384, first.WorkspaceBytes);
        Assert.Equal(2000, Status(() => _api.GetAlgorithms(dnn, DnnDirection.Forward, c with { P = 4 })));
        Assert.Equal(2000, Status(() => _api.GetAlgorithms(dnn, DnnDirection.Forward, c with { Groups = 3 })));
        Assert.Equal(2000, Status(() => _api.ConvolutionForward(dnn, c, first, memory, memory, memory, memory, first.WorkspaceBytes - 1)));
        Assert.Equal(2000, Status(() => _api.ConvolutionForward(dnn, c, first with { Id = 9 }, memory, memory, memory, memory, 1 << 13)));
    }

    private static int Status(Action act) => Assert.Throws<CudaException>(act) is { Status: not 0 } error ? error.Status : 218;

    private static float[] Randoms(int count) => [.. Enumerable.Range(0, count).Select(_ => (Random.Shared.NextSingle() * 2) - 1)];

    private ulong Upload(float[] values)
    {
        ulong device = _api.AllocateMemory(4 * values.Length);
        values.CopyTo(new Span<float>(_api.Memory.Pointer(device, 4 * values.Length), values.Length));
        return device;
    }

    private float[] Download(ulong device, int count) => new Span<float>(_api.Memory.Pointer(device, 4 * count), count).ToArray();

    [Fact]
    public void The_same_text_loaded_twice_makes_two_modules()
    {
        using var api = new SimulatedCudaApi();
        _ = api.RetainPrimaryContext(0);
        string ptx = KernelLibrary.Read(KernelFamily.Optimizer);
        nint first = api.LoadModule(ptx), second = api.LoadModule(ptx), stream = api.CreateStream();
        nint gone = api.GetFunction(first, "sgd"), left = api.GetFunction(second, "sgd");
        api.UnloadModule(first);
        byte[] arguments = new byte[24];
        CudaException error = Assert.Throws<CudaException>(() => api.Launch(gone, 1, 32, 0, stream, arguments));
        Assert.Equal(400, error.Status);
        api.Launch(left, 1, 32, 0, stream, arguments);
        api.SynchronizeStream(stream);
        api.DestroyStream(stream);
        api.UnloadModule(second);
        api.ReleasePrimaryContext(0);
    }
}
