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

    public static TheoryData<string> OptionCases => GoldenFile.Names("optimizer_options.json");

    [Theory]
    [MemberData(nameof(OptionCases))]
    public void Each_step_with_an_option_matches(string name)
    {
        GoldenCase golden = GoldenFile.Case("optimizer_options.json", name), options = golden.Group("options");
        float? Number(string field) => options.OptionalNumber(field) is { } value ? (float)value : null;
        int? Integer(string field) => options.Has(field) ? options.Integer(field) : null;
        using var optimizer = new SGD((float)golden.Number("learning_rate"))
        {
            ClipNorm = Number("clipnorm"),
            GlobalClipNorm = Number("global_clipnorm"),
            ClipValue = Number("clipvalue"),
            WeightDecay = Number("weight_decay") ?? 0,
            GradientAccumulationSteps = Integer("gradient_accumulation_steps"),
            UseEma = options.Flag("use_ema"),
            EmaMomentum = Number("ema_momentum") ?? 0.99f,
            EmaOverwriteFrequency = Integer("ema_overwrite_frequency"),
            LossScaleFactor = Number("loss_scale_factor"),
        };
        Variable[] weights = [.. golden.Tensors("w0").Select((tensor, i) => new Variable($"w{i}", tensor.ToNDArray()))];
        GoldenCase[] gradients = golden.Groups("grads"), expected = golden.Groups("weights_after_each_step");
        for (int step = 0; step < gradients.Length; step++)
        {
            using var scope = new TensorScope();
            optimizer.Apply([.. gradients[step].Tensors("step").Select(gradient => (Tensor)gradient.ToNDArray())], weights);
            GoldenTensor[] after = expected[step].Tensors("step");
            for (int i = 0; i < weights.Length; i++)
                GoldenAssert.Close(after[i], weights[i], $"weights {i} after step {step + 1}");
        }

        optimizer.FinalizeVariableValues(weights);
        GoldenTensor[] final = golden.Tensors("final");
        for (int i = 0; i < weights.Length; i++)
        {
            GoldenAssert.Close(final[i], weights[i], $"final weights {i}");
            weights[i].Dispose();
        }
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
