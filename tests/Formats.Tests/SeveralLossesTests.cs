using Numerics.Losses;
using Numerics.Nn;

namespace Numerics.Formats.Tests;

/// <summary>A model of several outputs, each with its loss.</summary>
public sealed class SeveralLossesTests
{
    [Theory]
    [InlineData("two.keras")]
    [InlineData("two.h5")]
    public void How_it_is_trained_is_refused_and_the_model_is_written_without(string name)
    {
        using var folder = new ScratchFolder();
        string path = folder[name];
        Input input = new(3);
        using var model = new Model([input], [new Dense(1, name: "a").Call(input), new Dense(2, name: "b").Call(input)], "two");
        model.Compile(new SGD(), [new MeanSquaredError(), new MeanAbsoluteError()]);
        Assert.Contains("'two' has a loss for each", Assert.Throws<NotSupportedException>(() => KerasModel.Save(model, path)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
        KerasModel.Save(model, path, includeOptimizer: false);
        using Model loaded = KerasModel.Load(path);
        Assert.Equal(["a", "b"], loaded.Outputs.Select(output => output.Layer.Name));
    }
}
