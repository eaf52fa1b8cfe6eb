using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NeuralNetFromScratch.Compute;

/// <summary>A number that is a constant for the JIT: the rows of a micro-kernel's tile, or the registers in each row.</summary>
internal interface ICount
{
    static abstract int Value { get; }

    /// <summary>Whether only the lower half of the second register counts.</summary>
    static virtual bool EndsInHalf => false;
}

internal readonly struct OneAndHalf : ICount
{
    public static int Value => 2;

    public static bool EndsInHalf => true;
}

internal readonly struct One : ICount
{
    public static int Value => 1;
}

internal readonly struct Two : ICount
{
    public static int Value => 2;
}

internal readonly struct Four : ICount
{
    public static int Value => 4;
}

internal readonly struct Six : ICount
{
    public static int Value => 6;
}

internal readonly struct Eight : ICount
{
    public static int Value => 8;
}

internal readonly struct Ten : ICount
{
    public static int Value => 10;
}

internal readonly struct Twelve : ICount
{
    public static int Value => 12;
}

/// <summary>Specifies which steps of k a kernel processes, and their layout. The JIT compiles the kernel for each case.</summary>
internal interface ISteps
{
    /// <summary>Whether steps in which every element of A is zero are skipped.</summary>
    static abstract bool SkipZeros { get; }

    /// <summary>
    /// Whether the rows of A are adjacent and the steps of B follow one another. These distances are then constants, so that the processor
    /// executes few instructions besides multiply-adds.
    /// </summary>
    static abstract bool AreCompact { get; }

    /// <summary>
    /// Whether A is read in place, at the sum of an address for each row and an offset for each step (<see cref="PatchPanels"/>). Rows may have
    /// any distances.
    /// </summary>
    static virtual bool ArePatches => false;
}

internal readonly struct AllSteps : ISteps
{
    public static bool SkipZeros => false;

    public static bool AreCompact => false;
}

internal readonly struct CompactSteps : ISteps
{
    public static bool SkipZeros => false;

    public static bool AreCompact => true;
}

internal readonly struct PatchSteps : ISteps
{
    public static bool SkipZeros => false;

    public static bool AreCompact => false;

    public static bool ArePatches => true;
}

internal readonly struct NonzeroSteps : ISteps
{
    public static bool SkipZeros => true;

    public static bool AreCompact => false;
}

/// <summary>
/// For each panel of a block of A, the steps of k in which it has nonzero elements. A step of zeros adds zero to a sum, so that skipping it
/// changes no bits if B is finite.
/// </summary>
/// <param name="memory"><see cref="LengthFor"/> integers: for each panel the number of its steps, then the steps.</param>
/// <param name="depth">Steps of k in the block.</param>
internal readonly unsafe struct StepLists(int* memory, int depth)
{
    private const int Square = 4;

    public static int LengthFor(int panels, int depth) => panels * (depth + 1);

    /// <summary>Lists the steps of one panel.</summary>
    /// <param name="panel">Its number.</param>
    /// <param name="a">Its first element; its lanes lie together.</param>
    /// <param name="lanes">1, or 4 to 12.</param>
    /// <param name="stepStride">Distance between steps.</param>
    [MethodImpl(HotPath.CompileOnce)]
    public void Fill(int panel, float* a, int lanes, nint stepStride)
    {
        Locate(panel, out int* steps, out _);
        int count = 0;
        if (lanes == 1)
        {
            for (int step = 0; step < depth; step++, a += stepStride)
            {
                steps[count] = step;
                count += *a == 0 ? 0 : 1;
            }
        }
        else
        {
            // Three squares that overlap if necessary. A step is always written and kept only if it counts, which needs no branch prediction.
            int last = lanes - Square, middle = Math.Min(Square, last);
            for (int step = 0; step < depth; step++, a += stepStride)
            {
                Vector128<uint> bits = Vector128.Load((uint*)a) | Vector128.Load((uint*)a + middle) | Vector128.Load((uint*)a + last);
                steps[count] = step;
                count += bits == Vector128<uint>.Zero ? 0 : 1;
            }
        }

        steps[-1] = count;
    }

    /// <summary>A panel's steps, in rising order.</summary>
    public void Locate(int panel, out int* steps, out int count)
    {
        steps = memory + LengthFor(panel, depth) + 1;
        count = steps[-1];
    }
}
