using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// A register of floats. Kernels are written once over it and the JIT compiles them for each width;
/// which width runs is chosen in <see cref="SimdDispatch"/> alone.
/// </summary>
internal unsafe interface ISimd<TSelf>
    where TSelf : struct, ISimd<TSelf>
{
    /// <summary>The number of lanes.</summary>
    static abstract int Width { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf Broadcast(float value);

    static abstract TSelf Load(float* source);

    static abstract TSelf Load(ref readonly float source);

    static abstract void Store(TSelf value, float* destination);

    static abstract void Store(TSelf value, ref float destination);

    /// <summary>Loads the first <paramref name="count"/> lanes from memory and sets the others to zero; no other memory is read.</summary>
    static abstract TSelf LoadPartial(float* source, int count);

    /// <summary>Stores the first <paramref name="count"/> lanes; no other memory is written.</summary>
    static abstract void StorePartial(TSelf value, float* destination, int count);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>
    /// <c>left · right + addend</c>, rounded once; without the instruction for it, by <see cref="EmulatedMultiplyAdd"/>. Functions take it, whose errors would
    /// be larger otherwise, and what is done once for each element.
    /// </summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>The same by <see cref="EmulatedMultiplyAdd"/>, whether or not there is an instruction.</summary>
    static abstract TSelf MultiplyAddEmulated(TSelf left, TSelf right, TSelf addend);

    /// <summary>
    /// <c>sum ← left · right + sum</c>, a step of a long sum: rounded once, or without the instruction for it after the product and after the sum, except where
    /// the type is <see cref="Emulated{TSimd}"/>. It is done in place: the JIT then leaves the sum in its register, where it would otherwise copy it there from
    /// that of a factor which is not needed any more.
    /// </summary>
    static abstract void AddProduct(ref TSelf sum, TSelf left, TSelf right);

    /// <summary>Whether there are 32 registers, which hold the sums of a tile of 12 rows by two registers.</summary>
    static virtual bool HasThirtyTwoRegisters => false;

    /// <summary>Whether an instruction multiplies a register by one lane of another, so that no factor need be in all lanes.</summary>
    static virtual bool MultipliesByLane => false;

    /// <summary>A factor of <see cref="AddMultiple"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Factor(float value) => TSelf.Broadcast(value);

    /// <summary><see cref="AddProduct"/> of a register and a number that <see cref="Factor"/> has loaded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void AddMultiple(ref TSelf sum, TSelf factor, TSelf value) => TSelf.AddProduct(ref sum, factor, value);

    /// <summary>Whether <see cref="AddHalfMultiple"/> can take half the time: some processors compute with the widest registers in two passes.</summary>
    static virtual bool HasCheaperHalf => false;

    /// <summary><see cref="AddMultiple"/> of the lower half of the lanes; the upper half of the sum is undefined afterwards.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void AddHalfMultiple(ref TSelf sum, TSelf factor, TSelf value) => TSelf.AddMultiple(ref sum, factor, value);

    /// <summary><see cref="AddProduct"/> of a register and each of the first four lanes of another, where <see cref="MultipliesByLane"/>.</summary>
    static virtual void AddMultiples(TSelf factors, TSelf value, ref TSelf sum0, ref TSelf sum1, ref TSelf sum2, ref TSelf sum3) =>
        throw new NotSupportedException();

    static abstract TSelf Abs(TSelf value);

    static abstract TSelf Sqrt(TSelf value);

    /// <summary>
    /// Returns the value, or zero if its magnitude is below 2⁻¹²⁶, the smallest normal number. Processors take up to a hundred times as long to
    /// compute with subnormal numbers, and a moving average of gradients that have become zero would remain subnormal: rounded, 0.9 times the
    /// smallest number is the smallest number.
    /// </summary>
    static abstract TSelf FlushSubnormals(TSelf value);

    static abstract TSelf Exp(TSelf value);

    static abstract TSelf Log(TSelf value);

    /// <summary>Computes 2ⁿ for integers n from −126 to 127. The result for other values is undefined.</summary>
    static abstract TSelf PowerOfTwo(TSelf exponent);

    /// <summary>
    /// Computes m from √½ to √2, and e with <c>m·2ᵉ = value</c>, for normal positive values. The results for other values are undefined.
    /// </summary>
    static abstract TSelf SplitExponent(TSelf value, out TSelf exponent);

    /// <summary>
    /// Returns <paramref name="whenTrue"/> in the lanes with <c>left &lt; right</c>, otherwise <paramref name="whenFalse"/>; comparisons with NaN
    /// are false.
    /// </summary>
    static abstract TSelf SelectLess(TSelf left, TSelf right, TSelf whenTrue, TSelf whenFalse);

    /// <summary>
    /// Returns <paramref name="whenTrue"/> in the lanes with <c>left ≤ right</c>, otherwise <paramref name="whenFalse"/>; comparisons with NaN
    /// are false.
    /// </summary>
    static abstract TSelf SelectLessOrEqual(TSelf left, TSelf right, TSelf whenTrue, TSelf whenFalse);
}

/// <summary>The parts of a float's bits.</summary>
internal static class FloatBits
{
    /// <summary>The bits of the exponent, which are all zero only in zeros and subnormal numbers.</summary>
    public const int Exponent = 0x7F800000;

    /// <summary>The number of bits of the fraction, and the bits of 1 and of √½.</summary>
    public const int Fraction = 23, One = 0x3F800000, RootHalf = 0x3F3504F3;

    /// <summary>
    /// 1.5·2²³. Adding and subtracting it rounds a number below 2²² to an integer, halves to even; after the addition the integer is in the low
    /// bits.
    /// </summary>
    public const float Rounder = 12582912f;
}

/// <summary>A kernel call, to be run with a register type.</summary>
internal interface ISimdKernel
{
    void Run<TSimd>()
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>The registers that an engine's kernels are compiled for: their width, and whether sums of products emulate fused multiply-add.</summary>
internal enum SimdWidth
{
    Scalar,
    Bits128,
    Bits256,
    Bits512,
    EmulatedScalar,
    Emulated128,
}

/// <summary>Which register widths this processor has.</summary>
internal static class SimdWidths
{
    /// <summary>The widest that this processor accelerates; those from 256 bits on need fused multiply-add.</summary>
    public static SimdWidth Best =>
        Vector512.IsHardwareAccelerated && EmulatedMultiplyAdd.IsFused ? SimdWidth.Bits512
        : Vector256.IsHardwareAccelerated && EmulatedMultiplyAdd.IsFused ? SimdWidth.Bits256
        : Vector128.IsHardwareAccelerated ? SimdWidth.Bits128
        : SimdWidth.Scalar;

    /// <summary>The widest whose sums of products are rounded once a step, by the instruction or without it.</summary>
    public static SimdWidth BestFused => EmulatedMultiplyAdd.IsFused ? Best : Best == SimdWidth.Scalar ? SimdWidth.EmulatedScalar : SimdWidth.Emulated128;

    /// <summary>Number of bits; 0 where there are no registers.</summary>
    public static int BitCount(this SimdWidth width) => width switch
    {
        SimdWidth.Bits512 => 512,
        SimdWidth.Bits256 => 256,
        SimdWidth.Bits128 or SimdWidth.Emulated128 => 128,
        _ => 0,
    };

    /// <summary>How registers compute the multiply-adds of sums of products.</summary>
    public static MultiplyAddKind MultiplyAdd(this SimdWidth width) =>
        width is SimdWidth.Emulated128 or SimdWidth.EmulatedScalar ? MultiplyAddKind.EmulatedFused
        : EmulatedMultiplyAdd.IsFused ? MultiplyAddKind.Fused
        : MultiplyAddKind.Unfused;
}

/// <summary>Converts a width, known at run time, to a register type, known to the JIT. This is the only place that does so.</summary>
internal static class SimdDispatch
{
    public static void Run<TKernel>(SimdWidth width, ref TKernel kernel)
        where TKernel : struct, ISimdKernel, allows ref struct
    {
        switch (width)
        {
            case SimdWidth.Bits512: kernel.Run<Simd512>(); break;
            case SimdWidth.Bits256: kernel.Run<Simd256>(); break;
            case SimdWidth.Bits128: kernel.Run<Simd128>(); break;
            case SimdWidth.Emulated128: kernel.Run<Emulated<Simd128>>(); break;
            case SimdWidth.EmulatedScalar: kernel.Run<Emulated<SimdScalar>>(); break;
            default: kernel.Run<SimdScalar>(); break;
        }
    }
}
