using System.Diagnostics;
using System.Globalization;
using Numerics.Benchmarks.Networks;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

// Prints lines of CSV: network, pass, milliseconds (the fastest of RUNS), parameters. compare-networks.sh reads them.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length is 0 or > 2 || !int.TryParse(args[0], out int runs) || runs < 1)
{
    Console.Error.WriteLine("usage: RUNS [NAME]     only networks whose name contains NAME");
    return 2;
}

foreach (KnownNetwork network in KnownNetwork.All.Where(network => network.Name.Contains(args.ElementAtOrDefault(1) ?? "", StringComparison.Ordinal)))
{
    RandomGenerator.SetSeed(1);
    using Model model = network.Create();

    // At the usual rate the first steps on noise would change what is computed.
    model.Compile(new Adam(1e-5f), new CategoricalCrossentropy(fromLogits: true), metrics: [new CategoricalAccuracy()]);
    float[] labels = new float[network.Batch * network.Classes];
    for (int i = 0; i < network.Batch; i++)
        labels[(i * network.Classes) + (i % network.Classes)] = 1;
    using Tensor x = Tensor.RandomUniform(network.Picture.Prepend(network.Batch), 0, 1).Keep(), y = Tensor.From(new Shape(network.Batch, network.Classes), labels).Keep();
    double loss = 0;
    double step = Fastest(() => loss = model.TrainOnBatch(x, y)["loss"]);
    double prediction = Fastest(() => _ = model.Call(x).ToArray());
    if (!double.IsFinite(loss))
        throw new InvalidOperationException($"{network.Name}: the loss is {loss}");
    long parameters = model.TrainableVariables.Sum(variable => (long)variable.Shape.Size);
    Console.WriteLine($"{network.Name},step,{step:F3},{parameters}");
    Console.WriteLine($"{network.Name},predict,{prediction:F3},{parameters}");
}

return 0;

double Fastest(Action work)
{
    const int WarmUp = 3;
    double fastest = double.PositiveInfinity;
    for (int run = -WarmUp; run < runs; run++)
    {
        using var scope = new TensorScope();
        long start = Stopwatch.GetTimestamp();
        work();
        if (run >= 0)
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    return fastest;
}
