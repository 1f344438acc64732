namespace Numerics.Data;

/// <summary>A picture that is a file of its own.</summary>
internal sealed class DiskImageFile(string path, int label) : ImageFile(path, label)
{
    public override string Fingerprint
    {
        get
        {
            var info = new FileInfo(Path);
            return $"{info.Length} {info.LastWriteTimeUtc.Ticks}";
        }
    }

    public override RentedBytes? Read(long longest, out string? damage)
    {
        using var file = InputFile.Open(Path, FileOptions.SequentialScan);
        long length = RandomAccess.GetLength(file);
        if (!Fits(length, longest, out damage))
            return null;
        var bytes = new RentedBytes((int)length);
        try
        {
            for (int read = 0; read < bytes.Length;)
            {
                int now = RandomAccess.Read(file, bytes.Span[read..], read);
                if (now == 0)
                    throw new IOException($"{Path}: has become shorter while it was read");
                read += now;
            }

            return bytes;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }
}
