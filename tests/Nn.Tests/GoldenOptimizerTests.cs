using Numerics.Golden;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Optimizers against reference cases, step by step.</summary>
public sealed class GoldenOptimizerTests
{
    public static TheoryData<string> Cases => GoldenFile.Names("optimizers.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_step_matches(string name)
    {
        GoldenCase golden = GoldenFile.Case("optimizers.json", name);
        using Optimizer optimizer = Create(golden.Text("optimizer")!, golden.Group("config"));
        using var weights = new Variable("weights", golden.Tensor("w0").ToNDArray());
        GoldenTensor[] gradients = golden.Tensors("grads"), expected = golden.Tensors("weights_after_each_step");
        for (int step = 0; step < gradients.Length; step++)
        {
            using var scope = new TensorScope();
            optimizer.Apply([gradients[step].ToNDArray()], [weights]);
            GoldenAssert.Close(expected[step], weights, $"weights after step {step + 1}");
        }

        Assert.Equal(gradients.Length, optimizer.Iterations);
    }

    private static Optimizer Create(string kind, GoldenCase config)
    {
        float Number(string field, float missing = 0) => config.Has(field) ? (float)config.Number(field) : missing;
        float rate = Number("lr");
        return kind switch
        {
            "sgd" => new SGD(rate, Number("momentum"), config.Flag("nesterov")),
            "adam" => new Adam(rate, Number("beta_1"), Number("beta_2"), Number("epsilon")),
            "adamw" => new AdamW(rate, Number("weight_decay"), Number("beta_1"), Number("beta_2"), Number("epsilon")),
            "rmsprop" => new RMSprop(rate, Number("rho"), Number("momentum"), Number("epsilon")),
            "lion" => new Lion(rate, Number("beta_1"), Number("beta_2")),
            _ => throw new InvalidDataException($"unknown optimizer {kind}"),
        };
    }
}
