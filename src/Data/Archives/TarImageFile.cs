namespace Numerics.Data;

/// <summary>A picture in a tar archive.</summary>
/// <param name="archive">The archive.</param>
/// <param name="entry">Its entry.</param>
/// <param name="label">The index of its class.</param>
/// <param name="written">When the archive was written last, which is all that tells its contents apart.</param>
internal sealed class TarImageFile(string archive, TarEntry entry, int label, DateTime written) : ImageFile($"{archive}/{entry.Name}", label)
{
    public override string Fingerprint => $"{entry.Offset} {entry.Length} {written.Ticks}";

    public override RentedBytes? Read(long longest, out string? damage)
    {
        if (!Fits(entry.Length, longest, out damage))
            return null;
        using var file = new ArchiveFile(archive);
        var bytes = new RentedBytes((int)entry.Length);
        try
        {
            file.Read(entry.Offset, bytes.Span, entry.Name);
            return bytes;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }
}
