namespace Numerics.Backends.Cuda;

/// <summary>
/// Two pieces of page-locked memory between managed arrays and the device. While the device reads one, the next part is copied
/// into the other; an upload returns before the device has it.
/// </summary>
internal sealed unsafe class StagingMemory : IDisposable
{
    private const int PieceBytes = 4 << 20;
    private const int Pieces = 2;

    private readonly Lock _lock = new();
    private readonly ICudaApi _api;
    private readonly nint _stream;
    private readonly nint[] _memory = new nint[Pieces];
    private readonly nint[] _read = new nint[Pieces];
    private int _next;

    public StagingMemory(ICudaApi api, nint stream)
    {
        (_api, _stream) = (api, stream);
        for (int i = 0; i < Pieces; i++)
        {
            _memory[i] = api.AllocateHostMemory(PieceBytes);
            _read[i] = api.CreateEvent();
        }
    }

    public void Upload(ReadOnlySpan<byte> source, ulong target)
    {
        lock (_lock)
        {
            while (source.Length > 0)
            {
                int length = Math.Min(source.Length, PieceBytes), piece = _next;
                _next = (piece + 1) % Pieces;
                _api.SynchronizeEvent(_read[piece]);
                CopyIn(source[..length], _memory[piece]);
                _api.CopyToDevice(target, _memory[piece], length, _stream);
                _api.RecordEvent(_read[piece], _stream);
                source = source[length..];
                target += (ulong)length;
            }
        }
    }

    public void Download(ulong source, Span<byte> target)
    {
        lock (_lock)
        {
            if (target.Length == 0)
                return;
            int ahead = Enqueue(source, target.Length, 0);
            for (int done = 0, piece = 0; done < target.Length; piece ^= 1)
            {
                int length = Math.Min(target.Length - done, PieceBytes);
                _api.SynchronizeEvent(_read[piece]);

                // The next part is on its way while this one is copied out.
                if (ahead < target.Length)
                    ahead += Enqueue(source + (ulong)ahead, target.Length - ahead, piece ^ 1);
                new ReadOnlySpan<byte>((void*)_memory[piece], length).CopyTo(target[done..]);
                done += length;
            }
        }
    }

    /// <summary>The stream is idle.</summary>
    public void Dispose()
    {
        for (int i = 0; i < Pieces; i++)
        {
            _api.DestroyEvent(_read[i]);
            _api.FreeHostMemory(_memory[i]);
        }
    }

    // One core copies at a fraction of what the bus moves.
    private static void CopyIn(ReadOnlySpan<byte> source, nint target)
    {
        const int PartBytes = 1 << 20;
        fixed (byte* from = source)
        {
            int length = source.Length, parts = (length + PartBytes - 1) / PartBytes;
            if (parts == 1)
            {
                source.CopyTo(new Span<byte>((void*)target, length));
                return;
            }

            nint start = (nint)from;
            _ = Parallel.For(0, parts, part =>
            {
                int first = part * PartBytes, count = Math.Min(PartBytes, length - first);
                new ReadOnlySpan<byte>((byte*)start + first, count).CopyTo(new Span<byte>((byte*)target + first, count));
            });
        }
    }

    // Behind the uploads from the same piece, for the stream keeps the order.
    private int Enqueue(ulong source, int rest, int piece)
    {
        int length = Math.Min(rest, PieceBytes);
        _api.CopyToHost(_memory[piece], source, length, _stream);
        _api.RecordEvent(_read[piece], _stream);
        return length;
    }
}
