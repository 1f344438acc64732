using System.Runtime.CompilerServices;
using Numerics.Data;
using Numerics.Formats;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>What the README shows is what compiles and runs.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _before = Directory.GetCurrentDirectory();

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        _folder.Dispose();
    }

    [Theory]
    [InlineData("README.md", 20)]
    [InlineData("src/README.md", 20)]
    [InlineData("docs/imbalance.md", 10)]
    [InlineData("docs/training.md", 20)]
    [InlineData("docs/data.md", 8)]
    [InlineData("docs/metrics.md", 1)]
    [InlineData("docs/formats.md", 0)]
    [InlineData("docs/scaling.md", 2)]
    [InlineData("docs/cuda.md", 10)]
    public void Every_line_of_C_sharp_stands_in_the_compiled_examples(string page, int least)
    {
        string here = Path.GetDirectoryName(ThisFile())!;
        string[] compiled = [.. new[] { "ReadmeExamples.cs", "GuideExamples.cs" }.SelectMany(file => File.ReadLines(Path.Combine(here, file))).Select(line => line.Trim())];
        string[] shown = [.. CodeLines(Path.Combine(here, "..", "..", page)).Select(line => line.Trim())];
        Assert.True(shown.Length > least);
        Assert.Empty(shown.Except(compiled));
    }

    [Fact]
    public void The_examples_run()
    {
        _ = _folder.WriteDrawings("PetImages", 2);
        Directory.SetCurrentDirectory(_folder.Path);
        var (history, loss, gradients) = ReadmeExamples.Run();
        Assert.Equal(10, history["loss"].Count);
        Assert.All(history["loss"], value => Assert.InRange(value, 0, 10));
        Assert.InRange(loss, 0, 10);
        Assert.Equal(10, gradients);
    }

    [Fact]
    public void The_guide_to_imbalance_runs()
    {
        NDArray x = NDArray.From([40, 3], [.. Enumerable.Range(0, 120).Select(i => (i % 7) - (i % 11 * 0.5f))]);
        NDArray y = NDArray.From([40, 2], [.. Enumerable.Range(0, 40).SelectMany(i => i % 8 == 0 ? new[] { 0f, 1 } : [1, 0])]);
        Assert.InRange(ReadmeExamples.ImbalanceGuide(x, y), 0, 1);
    }

    [Fact]
    public void The_guides_run()
    {
        Directory.SetCurrentDirectory(_folder.Path);
        NDArray x = Numbers((12, 8, 8, 3)), y = (NDArray)Enumerable.Range(0, 12).Select(i => i % 5).ToArray();
        using var model = new Sequential { new Input((8, 8, 3)), new Conv2D(4, 3), new BatchNormalization(), new GlobalAveragePooling2D(), new Dense(2) };
        model.Compile(new Adam(), new MeanSquaredError());
        model.Fit(x, Numbers((12, 2)), verbose: 0);
        KerasModel.Save(model, "pretrained.keras");
        Assert.Equal((true, true), GuideExamples.Transfer(x, y));
        Assert.Equal(["loss", "within_a_tenth", "root_mean_squared_error", "r2_score"], GuideExamples.OwnMetric(model, x, Numbers((12, 2))));
        GuideExamples.Export(model);
        Assert.True(File.Exists("model.onnx"));
        Assert.Equal(new Shape(2, 10), GuideExamples.Functional(Numbers((2, 28, 28, 1))));
        Assert.Equal((new Shape(12, 2), new Shape(12, 2)), GuideExamples.Augment(Dataset.FromArrays(x, Numbers((12, 2)))));
        using Optimizer optimizer = GuideExamples.Options();
        Assert.Equal(0, optimizer.LearningRate);

        var input = new Input(3);
        KerasTensor both = new Dense(4).Call(input.Tensor);
        using var several = new Model([input.Tensor], [new Dense(5, "softmax", name: "kind").Call(both), new Dense(1, name: "age").Call(both)]);
        GuideExamples.SeveralOutputs(several);
        History history = several.Fit([Numbers((12, 3))], [y, Numbers((12, 1))], verbose: 0);
        Assert.Equal(["loss", "kind_loss", "age_loss", "kind_accuracy"], history.Names);

        using var classifier = new Sequential { new Input((8, 8, 3)), new Flatten(), new Dense(2, "softmax") };
        Assert.True(GuideExamples.CompileCaptured(classifier));
        NDArray classes = NDArray.From([12, 2], [.. Enumerable.Range(0, 12).SelectMany(i => i % 3 == 0 ? new[] { 1f, 0 } : [0, 1])]);
        double before = classifier.TestOnBatch(x, classes)["loss"];
        GuideExamples.TrainOnResident(classifier, x, classes, [.. Enumerable.Range(0, 20).Select(_ => (NDArray)Enumerable.Range(0, 12).ToArray())]);
        Assert.InRange(classifier.TestOnBatch(x, classes)["loss"], 0, before * 0.99);
        Assert.True(GuideExamples.Capture(NDArray.From([2], [1f, 2]), NDArray.From([2], [1f, 0])));

        var entry = new Input(3);
        using var own = new GuideExamples.OwnStep(entry.Tensor, new Dense(1).Call(entry.Tensor));
        own.Compile(new Adam(), new MeanSquaredError());
        Assert.InRange(own.Fit(Numbers((12, 3)), Numbers((12, 1)), verbose: 0)["loss"][0], 0, 100);
    }

    private static NDArray Numbers(Shape shape) => NDArray.From(shape, [.. Enumerable.Range(0, shape.Size).Select(i => ((i * 7) % 11 / 11f) - 0.3f)]);

    private static IEnumerable<string> CodeLines(string path)
    {
        bool inside = false;
        foreach (string line in File.ReadLines(path))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inside = line == "```csharp";
            else if (inside && line.Length > 0)
                yield return line;
        }
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
