using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Adds normally distributed noise: <c>y = x + deviation·n</c> (Box and Muller 1958, a whole run of elements at a time). An element's
/// noise depends on the random source, the sample's number and the element's place alone. The rows are dealt out to the workers.
/// </summary>
internal readonly unsafe struct NoiseJob(float* x, float* y, int rows, int columns, float deviation, RandomSource random, int firstSample) : IJob
{
    /// <summary>Elements that are drawn together; a block of random bits gives four of them.</summary>
    private const int RunLength = 256, ElementsOfBlock = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        var share = Section.Of(rows, 1, worker, workers);
        int runs = (columns + RunLength - 1) / RunLength;
        Span<float> noise = stackalloc float[RunLength];
        for (int row = share.Start; row < share.End; row++)
        {
            for (int run = 0; run < runs; run++)
            {
                Draw((ulong)(firstSample + row) * (ulong)runs + (ulong)run, noise);
                int start = run * RunLength, length = Math.Min(RunLength, columns - start);
                nint element = (nint)row * columns + start;
                TensorPrimitives.Add(new ReadOnlySpan<float>(x + element, length), noise[..length], new Span<float>(y + element, length));
            }
        }
    }

    /// <summary>One run: the first half are the radii times the cosines, the second half times the sines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Draw(ulong run, Span<float> noise)
    {
        const int Pairs = RunLength / 2, Blocks = RunLength / ElementsOfBlock;
        Span<float> radius = stackalloc float[Pairs], angle = stackalloc float[Pairs];
        for (int block = 0; block < Blocks; block++)
        {
            (ulong low, ulong high) = random.Block(run * Blocks + (ulong)block);
            (radius[2 * block], angle[2 * block]) = (UpToOne((uint)low), UpToOne((uint)(low >> 32)));
            (radius[2 * block + 1], angle[2 * block + 1]) = (UpToOne((uint)high), UpToOne((uint)(high >> 32)));
        }

        TensorPrimitives.Log(radius, radius);
        TensorPrimitives.Multiply(radius, -2 * deviation * deviation, radius);
        TensorPrimitives.Sqrt(radius, radius);
        TensorPrimitives.Multiply(angle, 2 * MathF.PI, angle);
        TensorPrimitives.Cos(angle, noise[..Pairs]);
        TensorPrimitives.Sin(angle, noise[Pairs..]);
        TensorPrimitives.Multiply(noise[..Pairs], radius, noise[..Pairs]);
        TensorPrimitives.Multiply(noise[Pairs..], radius, noise[Pairs..]);
    }

    /// <summary>A number in (0, 1] with 24 random bits.</summary>
    private static float UpToOne(uint bits) => ((bits >> 8) + 1) * (1f / (1 << 24));
}
