using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Benchmarks.Comparison;

/// <summary>A Python process that runs a peer's side on demand, so that both sides take turns.</summary>
internal sealed class PythonPeer : IDisposable
{
    /// <summary>Debian's interpreter first: it sees Debian's packages.</summary>
    private static readonly string[] Interpreters = ["/usr/bin/python3", "python3"];

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private PythonPeer(Process process, DirectoryInfo folder)
    {
        _process = process;
        _folder = folder;
    }

    /// <summary>Starts the peer; null where it cannot run.</summary>
    /// <param name="script">A script of this folder.</param>
    /// <param name="training">The samples.</param>
    /// <param name="threads">How many threads it may use.</param>
    public static PythonPeer? Start(string script, Dataset training, int threads)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("python-peer-");
        string images = Path.Combine(folder.FullName, "images"), labels = Path.Combine(folder.FullName, "labels");
        using (FileStream imageFile = File.Create(images), labelFile = File.Create(labels))
        {
            var features = new float[training.SampleShape.ElementCount];
            for (int i = 0; i < training.Count; i++)
            {
                training.CopyFeatures(i, features);
                imageFile.Write(MemoryMarshal.AsBytes<float>(features));
                labelFile.WriteByte((byte)training.GetLabel(i));
            }
        }

        return Launch(script, folder, [images, labels], threads);
    }

    /// <summary>Starts the peer on sparse samples, which it finds in svmlight's format; null where it cannot run.</summary>
    /// <param name="script">A script of this folder.</param>
    /// <param name="training">The samples.</param>
    /// <param name="threads">How many threads it may use.</param>
    public static PythonPeer? StartSparse(string script, Dataset training, int threads)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("python-peer-");
        string rows = Path.Combine(folder.FullName, "rows.svm");
        SvmLightFile.Write(rows, training);
        return Launch(script, folder, [rows, training.SparseColumnCount.ToString(CultureInfo.InvariantCulture)], threads);
    }

    private static PythonPeer? Launch(string script, DirectoryInfo folder, string[] files, int threads)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Comparison", script), count = threads.ToString(CultureInfo.InvariantCulture);
        foreach (string interpreter in Interpreters)
        {
            var start = new ProcessStartInfo(interpreter, [path, .. files, count])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["OPENBLAS_NUM_THREADS"] = count;
            try
            {
                Process process = Process.Start(start)!;
                if (process.StandardOutput.ReadLine() is { } ready && ready.StartsWith("ready", StringComparison.Ordinal))
                    return new PythonPeer(process, folder);
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
        string answer = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the peer's process ended");
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
