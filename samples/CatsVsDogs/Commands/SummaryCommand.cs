using System.CommandLine;
using Numerics.Nn;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>summary</c>: the layers of the network.</summary>
internal static class SummaryCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("summary", "Shows the layers of the network with their outputs and numbers of weights.");
        command.SetAction(_ =>
        {
            using Sequential model = Network.Create();
            model.Summary(terminal.Out);
        });
        return command;
    }
}
