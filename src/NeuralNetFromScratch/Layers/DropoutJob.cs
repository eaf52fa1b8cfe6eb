using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Draws the factor of each element, 0 or <c>1 / (1 − rate)</c>, and multiplies: <c>y = x · factor</c>. An element's factor depends on
/// the random source, the sample's number and the element's place alone. The rows are dealt out to the workers.
/// </summary>
internal readonly unsafe struct DropoutJob(float* x, float* y, float* factors, int rows, int columns, float rate, RandomSource random, int firstSample)
    : IJob
{
    /// <summary>Elements that share a block of random bits: 32 bits for each.</summary>
    private const int ElementsOfBlock = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int worker, int workers)
    {
        var share = Section.Of(rows, 1, worker, workers);
        ulong threshold = (ulong)(rate * 4294967296.0);
        float kept = 1 / (1 - rate);
        int blocks = (columns + ElementsOfBlock - 1) / ElementsOfBlock;
        for (int row = share.Start; row < share.End; row++)
        {
            ulong firstBlock = (ulong)(firstSample + row) * (ulong)blocks;
            for (int column = 0; column < columns; column += ElementsOfBlock)
            {
                (ulong low, ulong high) = random.Block(firstBlock + (ulong)(column / ElementsOfBlock));
                for (int i = 0; i < Math.Min(ElementsOfBlock, columns - column); i++)
                {
                    ulong bits = (i < 2 ? low : high) >> (32 * (i % 2)) & uint.MaxValue;
                    nint element = (nint)row * columns + column + i;
                    factors[element] = bits < threshold ? 0 : kept;
                    y[element] = x[element] * factors[element];
                }
            }
        }
    }
}
