using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>The bytes of many weights one behind the other, one weight in memory at a time.</summary>
/// <param name="variables">The weights.</param>
internal sealed class ShardReader(IEnumerable<Variable> variables) : IDisposable
{
    private readonly IEnumerator<Variable> _variables = variables.GetEnumerator();
    private NDArray? _current;
    private int _position;

    /// <summary>Copies the next bytes, fewer where the weights end.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="count">How many.</param>
    public void CopyTo(Stream stream, int count)
    {
        while (count > 0)
        {
            if (_current is null || _position == _current.Bytes.Length)
            {
                if (!_variables.MoveNext())
                    return;
                (_current, _position) = (_variables.Current.Value.ToNDArray(), 0);
            }

            int part = Math.Min(count, _current.Bytes.Length - _position);
            stream.Write(_current.Bytes.Slice(_position, part));
            _position += part;
            count -= part;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _variables.Dispose();
}
