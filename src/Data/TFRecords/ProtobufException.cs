namespace Numerics.Data;

/// <summary>A message that is not one; who knows the file it came from makes an error with its path of this.</summary>
/// <param name="offset">Where in the message.</param>
/// <param name="what">What is wrong there.</param>
internal sealed class ProtobufException(int offset, string what) : Exception(what)
{
    public int Offset => offset;
}
