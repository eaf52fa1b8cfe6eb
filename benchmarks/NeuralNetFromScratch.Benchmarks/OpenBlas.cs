using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Benchmarks;

/// <summary>OpenBLAS, where it is installed (Debian: libopenblas0-pthread).</summary>
internal static unsafe partial class OpenBlas
{
    private const string Library = "libopenblas.so.0";
    private const int RowMajor = 101, NotTransposed = 111, Transposed = 112;

    /// <summary>
    /// Logarithm of the cycles for which its threads wait for their next product before they sleep: less than a millisecond. Left to themselves
    /// they spin for a tenth of a second, on the cores that whatever is measured next would use.
    /// </summary>
    private const string ThreadTimeout = "20";

    public static bool IsInstalled { get; } = Load();

    public static int Threads
    {
        set => SetThreads(value);
    }

    public static void Multiply(ProductData data)
    {
        ProductShape shape = data.Shape;
        fixed (float* a = data.Left, b = data.Right, c = data.Product)
        {
            Sgemm(
                RowMajor,
                shape.LeftTransposed ? Transposed : NotTransposed,
                shape.RightTransposed ? Transposed : NotTransposed,
                shape.Rows,
                shape.Columns,
                shape.Depth,
                1,
                a,
                shape.LeftTransposed ? shape.Rows : shape.Depth,
                b,
                shape.RightTransposed ? shape.Depth : shape.Columns,
                0,
                c,
                shape.Columns);
        }
    }

    private static bool Load()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        // The environment of .NET is a copy, which a native library does not see.
        _ = SetEnvironment("OPENBLAS_THREAD_TIMEOUT", ThreadTimeout, 1);
        return NativeLibrary.TryLoad(Library, out _);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport(Library, EntryPoint = "cblas_sgemm")]
    private static partial void Sgemm(
        int order, int transA, int transB, int m, int n, int k, float alpha, float* a, int lda, float* b, int ldb, float beta, float* c, int ldc);

    [LibraryImport(Library, EntryPoint = "openblas_set_num_threads")]
    private static partial void SetThreads(int threads);
}
