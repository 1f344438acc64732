using System.Runtime.InteropServices;
using Numerics.Samples.CatsVsDogs;

EmbeddedLibraries.Register();
using var cancellation = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
return await CommandLine.RunAsync(args, Terminal.Create(), cancellation.Token);

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    cancellation.Cancel();
}
