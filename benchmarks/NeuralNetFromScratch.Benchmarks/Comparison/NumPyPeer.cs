using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using NeuralNetFromScratch.Data;

namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>A Python process that runs NumPy's side on demand, so that both sides take turns.</summary>
internal sealed class NumPyPeer : IDisposable
{
    /// <summary>Debian's interpreter first: it sees Debian's python3-numpy.</summary>
    private static readonly string[] Interpreters = ["/usr/bin/python3", "python3"];

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private NumPyPeer(Process process, DirectoryInfo folder, int threads)
    {
        _process = process;
        _folder = folder;
        Threads = threads;
    }

    public int Threads { get; }

    /// <summary>Starts the peer, or says that it is missing.</summary>
    public static NumPyPeer? Start(Dataset training, int threads)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("numpy-peer-");
        string images = Path.Combine(folder.FullName, "images"), labels = Path.Combine(folder.FullName, "labels");
        using (FileStream imageFile = File.Create(images), labelFile = File.Create(labels))
        {
            var features = new float[training.SampleShape.ElementCount];
            for (int i = 0; i < training.Count; i++)
            {
                training.CopySample(i, features);
                imageFile.Write(MemoryMarshal.AsBytes<float>(features));
                labelFile.WriteByte((byte)training.Label(i));
            }
        }

        string script = Path.Combine(AppContext.BaseDirectory, "Comparison", "numpy_peer.py");
        foreach (string interpreter in Interpreters)
        {
            var start = new ProcessStartInfo(interpreter, [script, images, labels])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["OPENBLAS_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
            try
            {
                Process process = Process.Start(start)!;
                if (process.StandardOutput.ReadLine() is { } ready && ready.StartsWith("ready", StringComparison.Ordinal))
                    return new NumPyPeer(process, folder, threads);
            }
            catch (Win32Exception)
            {
                // Not this interpreter.
            }
        }

        folder.Delete(recursive: true);
        return null;
    }

    /// <summary>Seconds of one run of a command.</summary>
    public double Run(string command)
    {
        _process.StandardInput.WriteLine(command);
        string answer = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("NumPy's process ended");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
