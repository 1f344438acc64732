using Spectre.Console;
using Spectre.Console.Rendering;

namespace Numerics.Samples.CatsVsDogs.Progress;

/// <summary>The text behind the bar.</summary>
/// <param name="figures">Gives the text of now.</param>
internal sealed class FiguresColumn(Func<string> figures) : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(figures());
}
