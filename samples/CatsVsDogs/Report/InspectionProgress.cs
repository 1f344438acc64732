namespace Numerics.Samples.CatsVsDogs.Report;

/// <summary>Says now and then how many files have been looked at.</summary>
/// <param name="output">Where to.</param>
/// <param name="files">How many there are.</param>
internal sealed class InspectionProgress(TextWriter output, int files) : IProgress<int>
{
    private const int Stride = 2500;

    public void Report(int value)
    {
        if (value % Stride == 0)
            output.WriteLine($"  {value:N0} of {files:N0}");
    }
}
