using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Numerics.Samples.CatsVsDogs.Download;

/// <summary>
/// Downloads a file that is known by its hash. What has come stands in a file named <c>.part</c>, and a later try, in a later run too, asks
/// for the rest; the file gets its name when all of it is there and the hash is right.
/// </summary>
/// <param name="client">Asks the server.</param>
/// <param name="output">Is told of progress and of what goes wrong on the way.</param>
/// <param name="pause">How long to wait before the second try; each further one waits twice as long.</param>
internal sealed class FileDownload(HttpClient client, TextWriter output, TimeSpan pause)
{
    private const int Tries = 6, BufferLength = 1 << 16;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    /// <summary>Where what has come of a file stands.</summary>
    public static string PartOf(string path) => $"{path}.part";

    /// <summary>Downloads the file, unless it is there already.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="path">Where to.</param>
    /// <param name="sha256">The hash of the file's content, in hexadecimal.</param>
    /// <param name="cancellationToken">Stops; what has come stays for the next run.</param>
    /// <exception cref="UserException">The server does not give the file, or another one.</exception>
    public async Task RunAsync(Uri source, string path, string sha256, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            await CheckAsync(path, path, sha256, "delete it to download it again", cancellationToken);
            output.WriteLine($"{path}: there already, and its SHA-256 is right");
            return;
        }

        string part = PartOf(path);
        int failures = 0;
        while (true)
        {
            long before = LengthOf(part);
            try
            {
                await FetchAsync(source, part, cancellationToken);
                break;
            }
            catch (Exception error) when (IsPassing(error, cancellationToken))
            {
                failures = LengthOf(part) > before ? 1 : failures + 1;
                if (failures >= Tries)
                    throw new UserException($"{source}: {Describe(error)}; {LengthOf(part):N0} bytes are in {part}, and the next run goes on from there", error);
                output.WriteLine($"  {Describe(error)}; going on from byte {LengthOf(part):N0}");
                await Task.Delay(pause * (1 << (failures - 1)), cancellationToken);
            }
            catch (HttpRequestException error)
            {
                throw new UserException($"{source}: {error.Message}", error);
            }
        }

        try
        {
            await CheckAsync(part, source.ToString(), sha256, "nothing of it was kept", cancellationToken);
        }
        catch (UserException)
        {
            File.Delete(part);
            throw;
        }

        File.Move(part, path);
    }

    private async Task FetchAsync(Uri source, string part, CancellationToken cancellationToken)
    {
        long have = LengthOf(part);
        using var request = new HttpRequestMessage(HttpMethod.Get, source);
        if (have > 0)
            request.Headers.Range = new RangeHeaderValue(have, null);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(LongestSilence);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && response.Content.Headers.ContentRange?.Length == have)
            return;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // The part is of another file, or there is more of it than of the file.
            File.Delete(part);
            throw new IOException("the server has less than what had come; starting again");
        }

        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}", null, response.StatusCode);

        // A server that ignores the range sends everything.
        bool goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (response.StatusCode == HttpStatusCode.PartialContent && !goesOn)
            throw new IOException($"the server answered with bytes from {response.Content.Headers.ContentRange?.From}, asked for were those from {have}");
        long start = goesOn ? have : 0;
        long? total = start + response.Content.Headers.ContentLength;
        await using var file = new FileStream(part, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read, BufferLength);
        await using Stream content = await response.Content.ReadAsStreamAsync(silence.Token);
        byte[] buffer = new byte[BufferLength];
        long done = start;
        var progress = new DownloadProgress(output, total);
        while (true)
        {
            silence.CancelAfter(LongestSilence);
            int read = await content.ReadAsync(buffer, silence.Token);
            if (read == 0)
                break;
            await file.WriteAsync(buffer.AsMemory(0, read), silence.Token);
            done += read;
            progress.Report(done);
        }

        if (total is { } expected && done < expected)
            throw new IOException($"the connection ended after {done:N0} of {expected:N0} bytes");
    }

    private static async Task CheckAsync(string path, string name, string sha256, string advice, CancellationToken cancellationToken)
    {
        await using FileStream file = File.OpenRead(path);
        string actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
        if (!actual.Equals(sha256, StringComparison.OrdinalIgnoreCase))
            throw new UserException($"{name}: not the expected file: its SHA-256 is {actual}, expected {sha256.ToLowerInvariant()}; {advice}");
    }

    // Connections break and servers are busy; a file that is not there stays away.
    private static bool IsPassing(Exception error, CancellationToken cancellationToken) => error switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        HttpRequestException { StatusCode: { } status } => (int)status is 408 or 429 or >= 500,
        HttpRequestException or HttpIOException or IOException => true,
        _ => false,
    };

    private static string Describe(Exception error) =>
        error is OperationCanceledException ? $"the server was silent for {LongestSilence.TotalSeconds:F0} s" : error.Message;

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;
}
