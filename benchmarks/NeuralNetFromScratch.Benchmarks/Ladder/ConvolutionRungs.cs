using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Benchmarks.Ladder;

/// <summary>A batch of pictures, a kernel without padding, and room for the output: all row-major, channels last.</summary>
internal sealed class ConvolutionData
{
    public const int Batch = 64, Height = 12, Width = 12, Channels = 24, Filters = 32, Size = 3;
    public const int OutHeight = Height - Size + 1, OutWidth = Width - Size + 1, Depth = Size * Size * Channels, Places = Batch * OutHeight * OutWidth;

    public const double Flops = 2.0 * Places * Depth * Filters;

    public ConvolutionData()
    {
        var random = new RandomSource(1);
        Input = [.. Enumerable.Range(0, Batch * Height * Width * Channels).Select(i => (float)random.Uniform((ulong)i) - 0.5f)];
        Weights = [.. Enumerable.Range(0, Depth * Filters).Select(i => (float)random.Fork(1).Uniform((ulong)i) - 0.5f)];
    }

    public float[] Input { get; }

    public float[] Weights { get; }

    public float[] Output { get; } = new float[Places * Filters];

    /// <summary>Room for patches: those of the whole batch.</summary>
    public float[] Patches { get; } = new float[Places * Depth];

    /// <summary>The first float of the input that a place reads in a row of the kernel.</summary>
    public static int Start(int place, int row) =>
        ((place / (OutHeight * OutWidth) * Height + place / OutWidth % OutHeight + row) * Width + place % OutWidth) * Channels;

    /// <summary>Compares the output with double precision.</summary>
    /// <exception cref="InvalidOperationException">It differs.</exception>
    public void Check(string name)
    {
        for (int i = 0; i < Output.Length; i += 37)
        {
            double sum = 0;
            for (int k = 0; k < Depth; k++)
                sum += (double)Input[Start(i / Filters, k / (Size * Channels)) + k % (Size * Channels)] * Weights[k * Filters + i % Filters];
            if (!(Math.Abs(Output[i] - sum) <= 1e-5 * Math.Max(1, Math.Abs(sum))))
                throw new InvalidOperationException($"{name}: output {i} is {Output[i]}, not {sum}");
        }
    }
}

/// <summary>The rungs of docs/kernels.md's lesson on convolution, each y = x ∗ w on the calling thread.</summary>
internal static class ConvolutionRungs
{
    /// <summary>The formula: for each output, a sum over the kernel's rows, columns and channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Direct(ConvolutionData data)
    {
        float[] x = data.Input, w = data.Weights, y = data.Output;
        for (int place = 0; place < ConvolutionData.Places; place++)
        {
            for (int filter = 0; filter < ConvolutionData.Filters; filter++)
            {
                float sum = 0;
                int k = filter;
                for (int row = 0; row < ConvolutionData.Size; row++)
                {
                    int start = ConvolutionData.Start(place, row);
                    for (int i = 0; i < ConvolutionData.Size * ConvolutionData.Channels; i++, k += ConvolutionData.Filters)
                        sum += x[start + i] * w[k];
                }

                y[place * ConvolutionData.Filters + filter] = sum;
            }
        }
    }

    /// <summary>Filters in the lanes: an input times a row of the weights, added to the outputs of a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Lanes(ConvolutionData data)
    {
        for (int place = 0; place < ConvolutionData.Places; place++)
        {
            Span<Vector<float>> sums = MemoryMarshal.Cast<float, Vector<float>>(data.Output.AsSpan(place * ConvolutionData.Filters, ConvolutionData.Filters));
            sums.Clear();
            ReadOnlySpan<Vector<float>> weights = MemoryMarshal.Cast<float, Vector<float>>(data.Weights.AsSpan());
            for (int row = 0; row < ConvolutionData.Size; row++)
            {
                foreach (float x in data.Input.AsSpan(ConvolutionData.Start(place, row), ConvolutionData.Size * ConvolutionData.Channels))
                {
                    var factor = new Vector<float>(x);
                    for (int i = 0; i < sums.Length; i++)
                        sums[i] = Vector.FusedMultiplyAdd(factor, weights[i], sums[i]);
                    weights = weights[sums.Length..];
                }
            }
        }
    }

    /// <summary>The patches of the whole batch as a matrix, times the weights.</summary>
    public static void CopyAll(ConvolutionData data)
    {
        Copy(data, 0, ConvolutionData.Places);
        Multiply(data, 0, ConvolutionData.Places);
    }

    /// <summary>The same, a block of places at a time, whose patches stay in the cache.</summary>
    public static void CopyBlocks(ConvolutionData data)
    {
        const int Block = 252;
        for (int start = 0; start < ConvolutionData.Places; start += Block)
        {
            int count = Math.Min(Block, ConvolutionData.Places - start);
            Copy(data, start, count);
            Multiply(data, start, count);
        }
    }

    /// <summary>Copies the patches of some places to the front of the room for patches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(ConvolutionData data, int start, int count)
    {
        const int Row = ConvolutionData.Size * ConvolutionData.Channels;
        for (int place = 0; place < count; place++)
        {
            for (int row = 0; row < ConvolutionData.Size; row++)
                data.Input.AsSpan(ConvolutionData.Start(start + place, row), Row).CopyTo(data.Patches.AsSpan(place * ConvolutionData.Depth + row * Row));
        }
    }

    private static void Multiply(ConvolutionData data, int start, int count) => Matrix.Multiply(
        new ReadOnlyMatrixView(data.Patches, count, ConvolutionData.Depth),
        new ReadOnlyMatrixView(data.Weights, ConvolutionData.Depth, ConvolutionData.Filters),
        new MatrixView(data.Output.AsSpan(start * ConvolutionData.Filters), count, ConvolutionData.Filters));
}
