using Numerics.Formats.Peers;

// write FOLDER PICTURE: models in every format, with what they compute, one of them for a picture. read FOLDER: models that other programs wrote, and what these
// say that they compute. The last line says how many comparisons held.
if (args is ["write", var models, var picture])
{
    Exchange.Write(models, picture);
    return 0;
}

if (args is not ["read", var folder])
{
    Console.Error.WriteLine("usage: write FOLDER PICTURE | read FOLDER");
    return 2;
}

int passed = 0, failed = 0;
foreach ((string name, string? problem) in Exchange.Read(folder))
{
    if (problem is null)
        passed++;
    else
        failed++;
    Console.WriteLine(problem is null ? $"ok      {name}" : $"FAILED  {name}: {problem}");
}

Console.WriteLine($"{passed} passed, {failed} failed");
return failed == 0 && passed > 0 ? 0 : 1;
