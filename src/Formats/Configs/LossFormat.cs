using System.Text.Json.Nodes;
using Numerics.Losses;

namespace Numerics.Formats;

/// <summary>How the losses of one type are written and read.</summary>
/// <param name="Type">The losses' type.</param>
/// <param name="ClassName">Its name in Keras, or the name it is registered with.</param>
/// <param name="Write">The settings of a loss.</param>
/// <param name="Read">A loss with given settings.</param>
internal sealed record LossFormat(Type Type, string ClassName, Func<Loss, JsonObject> Write, Func<ConfigObject, Loss> Read)
{
    /// <summary>The format of a type.</summary>
    public static LossFormat Of<T>(string className, Func<T, JsonObject> write, Func<ConfigObject, T> read)
        where T : Loss => new(typeof(T), className, loss => write((T)loss), read);
}
