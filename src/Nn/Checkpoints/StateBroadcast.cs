using System.Buffers.Binary;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// The state of a training run, sent from the first process to all: the header of a safetensors file, then one tensor after the
/// other, so that no more than the largest is there twice.
/// </summary>
internal static class StateBroadcast
{
    /// <summary>Sends the state, or receives it.</summary>
    /// <param name="strategy">The processes.</param>
    /// <param name="own">The state, in the first process.</param>
    /// <param name="title">What it is, for messages.</param>
    /// <returns>The state.</returns>
    public static TrainingState Send(DistributionStrategy strategy, TrainingState? own, string title)
    {
        if (own is not null)
        {
            KeyValuePair<string, TensorContent>[] tensors = [.. own.Tensors];
            _ = strategy.Broadcast(WithLength(SafetensorsHeader.Write(tensors, own.Texts), tensors.Sum(tensor => tensor.Value.Length)));
            foreach ((_, TensorContent content) in tensors)
                _ = strategy.Broadcast(BytesOf(content));
            return own;
        }

        byte[] header = strategy.Broadcast([]);
        long length = BinaryPrimitives.ReadInt64LittleEndian(header);
        SafetensorsHeader parsed = SafetensorsHeader.Parse(header.AsSpan(sizeof(long)), title, sizeof(long), length);
        var arrays = new Dictionary<string, TensorContent>();
        foreach (SafetensorsEntry entry in parsed.Entries)
        {
            var array = new NDArray(entry.Shape, entry.DType!.Value);
            strategy.Broadcast([]).CopyTo(array.Bytes);
            arrays.Add(entry.Name, array);
        }

        return new TrainingState(new Dictionary<string, string>(parsed.Metadata), arrays, "");
    }

    private static byte[] BytesOf(TensorContent content)
    {
        byte[] bytes = new byte[content.Length];
        int end = 0;
        content.Read(piece =>
        {
            piece.CopyTo(bytes.AsSpan(end));
            end += piece.Length;
        });
        return bytes;
    }

    private static byte[] WithLength(byte[] header, long length)
    {
        byte[] all = new byte[sizeof(long) + header.Length];
        BinaryPrimitives.WriteInt64LittleEndian(all, length);
        header.CopyTo(all, sizeof(long));
        return all;
    }
}
