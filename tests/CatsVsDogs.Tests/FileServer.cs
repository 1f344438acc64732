using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>A server on the loopback interface that gives one file, and misbehaves as a test wants.</summary>
internal sealed partial class FileServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public FileServer(byte[] content)
    {
        Content = content;
        _listener.Start();
        _serving = ServeAsync();
    }

    public byte[] Content { get; set; }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/pets.zip";

    /// <summary>After how many bytes of content each connection is dropped; the last one holds for all that follow.</summary>
    public Queue<int> Drops { get; } = new();

    /// <summary>The status that is answered instead, once each.</summary>
    public Queue<string> Statuses { get; } = new();

    /// <summary>Whether the server knows how to give a part.</summary>
    public bool KnowsRanges { get; set; } = true;

    /// <summary>Where each request asked the content to start.</summary>
    public List<long> Starts { get; } = [];

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _serving.GetAwaiter().GetResult();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(client.GetStream());
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or IOException)
            {
                // A test that ends, or a client that went away.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        var request = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(buffer, _stop.Token);
            if (read == 0)
                return;
            _ = request.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        Match range = Range().Match(request.ToString());
        long asked = range.Success ? long.Parse(range.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        Starts.Add(asked);
        if (Statuses.TryDequeue(out string? status))
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            return;
        }

        if (KnowsRanges && asked > 0 && asked >= Content.Length)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */{Content.Length}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            return;
        }

        int start = KnowsRanges ? (int)asked : 0;
        string head = start > 0
            ? $"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {start}-{Content.Length - 1}/{Content.Length}\r\n" : "HTTP/1.1 200 OK\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}Content-Length: {Content.Length - start}\r\nConnection: close\r\n\r\n"));
        int given = Drops.TryDequeue(out int drop) ? Math.Min(drop, Content.Length - start) : Content.Length - start;
        await stream.WriteAsync(Content.AsMemory(start, given));
    }

    [GeneratedRegex(@"Range: bytes=(\d+)-", RegexOptions.IgnoreCase)]
    private static partial Regex Range();
}
