namespace Numerics.Data;

/// <summary>A picture in a record of a TFRecord file.</summary>
/// <param name="shard">The file.</param>
/// <param name="name">The picture's path, for messages.</param>
/// <param name="number">The number of its record in the file.</param>
/// <param name="place">Where the record lies.</param>
/// <param name="start">Where in the record the encoded picture starts.</param>
/// <param name="length">How many bytes it has.</param>
/// <param name="checksum">The record's checksum.</param>
/// <param name="label">The index of its class.</param>
internal sealed class TFRecordImageFile(
    string shard, string name, int number, TFRecordPlace place, int start, int length, uint checksum, int label) : ImageFile(name, label)
{
    public override string Fingerprint => $"{length} {checksum:x8}";

    public override RentedBytes? Read(long longest, out string? damage)
    {
        if (!Fits(length, longest, out damage))
            return null;

        // The whole record, as its checksum is that of all of it.
        using var file = new ArchiveFile(shard);
        using var record = new RentedBytes(place.Length);
        TFRecordFile.ReadData(file, number, place, record.Span);
        var bytes = new RentedBytes(length);
        record.Span.Slice(start, length).CopyTo(bytes.Span);
        return bytes;
    }
}
