namespace Numerics.Data;

/// <summary>A picture in a zip archive.</summary>
internal sealed class ZipImageFile(string archive, ZipEntry entry, int label) : ImageFile($"{archive}/{entry.Name}", label)
{
    public override string Fingerprint => $"{entry.Length} {entry.Crc32:x8}";

    public override RentedBytes? Read(long longest, out string? damage)
    {
        if (!Fits(entry.Length, longest, out damage))
            return null;
        using var file = new ArchiveFile(archive);
        if (!entry.IsPossible(file, out damage))
            return null;
        var bytes = new RentedBytes((int)entry.Length);
        try
        {
            if (entry.TryRead(file, bytes.Span, out damage))
                return bytes;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }

        bytes.Dispose();
        return null;
    }
}
