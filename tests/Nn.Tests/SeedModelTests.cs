using Numerics.Golden;
using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

public sealed class SeedModelTests
{
    private const double AfterTraining = 1e-4;

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (GoldenCase golden in GoldenFile.Load("seed_model_training.json"))
            {
                cases.Add(golden.Name, true);
                cases.Add(golden.Name, false);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Training_matches_the_reference(string name, bool fuse)
    {
        GoldenCase golden = GoldenFile.Case("seed_model_training.json", name);
        Shape input = new([.. golden.Numbers("input").Select(dim => (int)dim)]);
        int seed = golden.Integer("formula_seed");
        using Sequential model = SeedModel.Create(golden.Integer("dense_units"));
        model.Fuse = fuse;
        model.Build(input);
        SeedModel.SetFormulaWeights(model, seed);
        (NDArray x, NDArray y) = SeedModel.FormulaBatch(input, seed);
        var loss = new CategoricalFocalLoss((float)golden.Number("alpha"), (float)golden.Number("gamma"), (float)golden.Number("l1"), (float)golden.Number("l2"));
        using var optimizer = new Adam();
        double[] losses = golden.Numbers("losses");
        GoldenTensor[] predictions = golden.Tensors("predictions_per_step");
        for (int step = 0; step < losses.Length; step++)
        {
            double tolerance = step == 0 ? GoldenAssert.Tolerance : AfterTraining;
            using var tape = new GradientTape();
            Tensor prediction = model.Call(x, training: true), value = loss.Call(y, prediction);
            GoldenAssert.Close(predictions[step], prediction, $"predictions of step {step}", tolerance);
            GoldenAssert.Close(losses[step], value.Item(), $"loss of step {step}", tolerance);
            Tensor[] gradients = tape.Gradient(value, model.TrainableVariables);
            if (step == 0)
                CheckNorms(golden.Numbers("first_step_grad_norms"), gradients, "first gradients", GoldenAssert.Tolerance);
            optimizer.Apply(gradients, model.TrainableVariables);
        }

        CheckNorms(golden.Numbers("final_weight_norms"), [.. model.Variables.Select(variable => variable.Value)], "final weights", AfterTraining);
    }

    [Fact]
    public void TrainOnBatch_takes_the_same_steps()
    {
        GoldenCase golden = GoldenFile.Load("seed_model_training.json")[0];
        Shape input = new([.. golden.Numbers("input").Select(dim => (int)dim)]);
        int seed = golden.Integer("formula_seed");
        using Sequential model = SeedModel.Create(golden.Integer("dense_units"));
        model.Compile(new Adam(), new CategoricalFocalLoss(), [new CategoricalAccuracy()]);
        model.Build(input);
        SeedModel.SetFormulaWeights(model, seed);
        (NDArray x, NDArray y) = SeedModel.FormulaBatch(input, seed);
        foreach (double expected in golden.Numbers("losses"))
            GoldenAssert.Close(expected, model.TrainOnBatch(x, y)["loss"], "loss", AfterTraining);
    }

    [Fact]
    public void The_summary_is_the_known_table()
    {
        using Sequential model = SeedModel.Create();
        model.Build((Shape.Unknown, 224, 224, 3));
        using var text = new StringWriter { NewLine = "\n" };
        model.Summary(text);
        const string Expected = """
            Model: "sequential"
            ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
            ┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
            ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
            │ conv2d (Conv2D)                 │ (None, 222, 222, 16)   │           448 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ max_pooling2d (MaxPooling2D)    │ (None, 111, 111, 16)   │             0 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ conv2d_1 (Conv2D)               │ (None, 109, 109, 32)   │         4,640 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ max_pooling2d_1 (MaxPooling2D)  │ (None, 54, 54, 32)     │             0 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ conv2d_2 (Conv2D)               │ (None, 52, 52, 64)     │        18,496 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ max_pooling2d_2 (MaxPooling2D)  │ (None, 26, 26, 64)     │             0 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ flatten (Flatten)               │ (None, 43264)          │             0 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ dense (Dense)                   │ (None, 256)            │    11,075,840 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ dense_1 (Dense)                 │ (None, 2)              │           514 │
            └─────────────────────────────────┴────────────────────────┴───────────────┘
             Total params: 11,099,938 (42.34 MB)
             Trainable params: 11,099,938 (42.34 MB)
             Non-trainable params: 0 (0.00 B)

            """;
        Assert.Equal(Expected.ReplaceLineEndings("\n"), text.ToString());
        Assert.Equal(11_099_938, model.CountParams());
    }

    private static void CheckNorms(double[] expected, Tensor[] tensors, string what, double tolerance)
    {
        Assert.Equal(expected.Length, tensors.Length);
        for (int i = 0; i < expected.Length; i++)
            GoldenAssert.Close(expected[i], Math.Sqrt(tensors[i].ToArray().Sum(value => (double)value * value)), $"{what} {i}", tolerance);
    }
}
