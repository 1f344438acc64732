using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>One of the numbers and tensors that Keras' files hold of an optimizer.</summary>
/// <param name="Name">Its name, behind the optimizer's.</param>
/// <param name="Write">Puts it into a file, at a path.</param>
/// <param name="Read">Reads it from a path of a file and checks it; what is returned takes it over.</param>
internal sealed record OptimizerEntry(string Name, Action<Hdf5Writer, string> Write, Func<Hdf5Reader, string, Action> Read)
{
    /// <summary>A tensor of the optimizer's state.</summary>
    public static OptimizerEntry Of(string name, Variable variable) => new(
        name,
        (file, path) => file.Add(path, variable.Value.ToNDArray()),
        (file, path) =>
        {
            NDArray value = file.Read(path, variable.Shape);
            return () => variable.Assign(value);
        });

    /// <summary>A count of steps, from 0 to some most.</summary>
    public static OptimizerEntry Steps(string name, Func<long> get, Action<long> set, long most = long.MaxValue) => new(
        name,
        (file, path) => file.Add(path, get()),
        (file, path) =>
        {
            long value = file.ReadWhole(path);
            return value >= 0 && value <= most ? () => set(value) : throw file.Error(path, $"the number of steps is {value}");
        });

    /// <summary>A finite number of at least some value.</summary>
    public static OptimizerEntry Number(string name, Func<float> get, Action<float> set, float least = 0) => new(
        name,
        (file, path) => file.Add(path, NDArray.From(Shape.Scalar, [get()])),
        (file, path) =>
        {
            float value = file.Read(path, Shape.Scalar).AsSpan<float>()[0];
            return value >= least && float.IsFinite(value) ? () => set(value) : throw file.Error(path, $"'{name}' is {value}");
        });
}
