// std::thread and what belongs to it; thread_local objects are destroyed with their thread.
#include "check.h"

#include <atomic>
#include <barrier>
#include <condition_variable>
#include <mutex>
#include <queue>
#include <semaphore>
#include <shared_mutex>
#include <thread>
#include <type_traits>
#include <vector>

static std::atomic<int> made, destroyed;

struct Local {
	int value = 0;
	Local()
	{
		made++;
	}
	~Local()
	{
		destroyed++;
	}
};
static thread_local Local local;

struct alignas(WIDEST_ATOMIC) Pair {
	std::conditional_t<WIDEST_ATOMIC == 16, long, int> a, b;
};

int main()
{
	std::mutex lock;
	std::condition_variable changed;
	std::queue<int> queue;
	long sum = 0;
	std::atomic<Pair> pair{Pair{0, 0}};
	std::barrier meeting(5);
	std::counting_semaphore<4> slots(2);

	std::vector<std::thread> threads;
	for (int i = 0; i < 4; i++)
		threads.emplace_back([&] {
			local.value++;
			meeting.arrive_and_wait();
			for (int turn = 0; turn < 100; turn++) {
				slots.acquire();
				Pair old = pair.load();
				while (!pair.compare_exchange_weak(old, Pair{old.a + 1, old.b - 1}))
					;
				slots.release();
				std::lock_guard guard(lock);
				queue.push(turn);
				changed.notify_one();
			}
		});
	meeting.arrive_and_wait();
	for (int taken = 0; taken < 400; taken++) {
		std::unique_lock guard(lock);
		changed.wait(guard, [&] { return !queue.empty(); });
		sum += queue.front();
		queue.pop();
	}
	for (auto &thread : threads)
		thread.join();
	CHECK(sum == 4 * 4950);
	CHECK(pair.load().a == 400 && pair.load().b == -400);
	CHECK(made == 4 && destroyed == 4);

	std::once_flag once;
	int ran = 0;
	std::call_once(once, [&] { ran++; });
	std::call_once(once, [&] { ran++; });
	CHECK(ran == 1);
	std::shared_mutex shared;
	std::shared_lock first(shared), second(shared);
	CHECK(first && second && !shared.try_lock());
	return 0;
}
