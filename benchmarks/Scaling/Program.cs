using System.Globalization;
using Numerics.Benchmarks.Scaling;

// measure: a line of figures for a training step by the processes that mpirun started, or by one without it.
// predict: the table of docs/scaling.md, from the figures that were measured.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["measure", .. var options]:
        Measurement.Run(options);
        return 0;
    case ["predict"]:
        Prediction.Write(Console.Out);
        return 0;
    default:
        Console.Error.WriteLine("usage: measure NAME PER-RANK STEPS [factors|gradients] [overlap|after] [float32|bfloat16] [fixed|library] [BUCKET-BYTES] | predict");
        return 2;
}
