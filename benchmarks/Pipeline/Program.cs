using Numerics.Backends.Cpu;
using Numerics.Benchmarks.Pipeline;
using Numerics.Tensors;

Backend.Default = new CpuBackend();
switch (args)
{
    case ["decode", var folder, .. var rest]:
        Decoding.Run(folder, rest is [var rounds] ? int.Parse(rounds) : 3);
        return 0;
    case ["files", var folder]:
        foreach (string file in Decoding.Files(folder))
            Console.WriteLine(file);
        return 0;
    case ["training", var folder]:
        Training.Run(folder);
        return 0;
    default:
        Console.Error.WriteLine("usage: Pipeline decode FOLDER [ROUNDS] | files FOLDER | training FOLDER; FOLDER holds one folder a class");
        return 2;
}
